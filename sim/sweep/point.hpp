// One point of a sweep: everything its result depends on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "description/override.hpp"
#include "sim/sweep/inputs.hpp"

namespace moesaic::sim::sweep {

struct Setting {
  std::size_t variable = 0; ///< index in the spec's variables
  Value value;
};

struct Point {
  std::size_t machine = 0, workload = 0; ///< indices in the inputs
  int tokens = 1;
  std::uint64_t seed = 1;
  std::vector<Setting> settings; ///< of the variables that bear on it, in the spec's order
  std::string hash;              ///< names it: SHA-256 over all of the above and the program's version
};

/// What the point changes in its machine's description, and in its workload's; sorted by path.
std::vector<Override> machine_overrides(const Spec& spec, const Inputs& inputs, const Point& point);
std::vector<Override> workload_overrides(const Spec& spec, const Point& point);

/// The content hash: version, the machine's and the workload's name, text and overrides, batch and seed.
std::string point_hash(const Spec& spec, const Inputs& inputs, const Point& point,
                       const std::string& version);

} // namespace moesaic::sim::sweep
