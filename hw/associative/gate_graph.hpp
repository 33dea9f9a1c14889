// A stretch of a micro-program as a graph of two-input gates between planes: private to the making of circuits.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "hw/associative/micro_program.hpp"

namespace moesaic::hw::associative {

/// Twice the number of a node, plus one where its complement is meant. Node 0 is the constant zero.
using Wire = std::uint32_t;

struct Gate {
  enum class Kind : std::uint8_t { constant, input, conjunction, disjunction, exclusive } kind = Kind::constant;
  Wire a = 0, b = 0; ///< of a gate
  int plane = -1;    ///< of an input: vector * 16 + section
};

/// Gates in an order in which each follows those that it takes; equal gates are one.
class GateGraph {
 public:
  GateGraph() : gates_(1) {}
  const std::vector<Gate>& gates() const { return gates_; }
  Wire input(int plane);
  Wire conjunction(Wire a, Wire b);
  Wire exclusive(Wire a, Wire b);
  Wire either(Wire a, Wire b) { return conjunction(a ^ 1, b ^ 1) ^ 1; }

 private:
  Wire gate(Gate::Kind kind, Wire a, Wire b);
  std::vector<Gate> gates_;
  std::map<std::tuple<Gate::Kind, Wire, Wire>, Wire> known_;
  std::map<int, Wire> inputs_;
};

/// What is left in the planes at the end.
struct TracedCode {
  GateGraph graph;
  std::map<int, Wire> written; ///< by plane
};

/// Follows the instructions. Nothing where one reaches across columns, reads latch or lines before they are written, or where
/// more than `most` gates come of it.
std::optional<TracedCode> trace(const Microcode& code, std::size_t most);

} // namespace moesaic::hw::associative
