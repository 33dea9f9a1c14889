// What an associative program occupies: the vectors of a core, and each level of memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

/// Positions count steps in the program's order, loops once; what is read in a loop before it is written there lives
/// through the whole loop.
struct LifeTime {
  std::int64_t vector = 0;
  std::size_t first = 0, last = 0; ///< positions of the first write and the last use
  int writes = 0, reads = 0;       ///< steps that do so
  std::string first_name, last_name;
};

struct LevelUse {
  std::string level, unit;
  double used = 0, capacity = 0;
};

struct Usage {
  std::vector<LifeTime> vectors; ///< ascending
  std::vector<LevelUse> levels;  ///< vectors, L1, L2, L3, L4
  std::size_t most_alive = 0;    ///< vectors that live at the same time
};

/// Of any program that can be read, valid or not.
Usage usage(const Program& program, const hw::associative::OperationSet& operations);

} // namespace moesaic::mappings::associative
