// Gates of two inputs covered by tables of three: private to the making of circuits.
#pragma once

#include <array>
#include <vector>

#include "hw/associative/gate_graph.hpp"

namespace moesaic::hw::associative {

constexpr std::uint8_t exclusive_of_three = 0x96, majority = 0xe8;

/// A function of up to three nodes: bit 4 a + 2 b + c of `table` is its value.
struct Cut {
  std::array<std::uint32_t, 3> leaves{}; ///< rising; the last one again where there are fewer
  std::uint8_t count = 0, table = 0;
  float cost = 0; ///< tables that it takes, each shared among those that use it
};

/// For every node that the outputs need, the table that makes it; `count` is 0 for all others.
/// `uses` becomes how many tables and outputs take each node.
std::vector<Cut> cover(const GateGraph& graph, const std::vector<Wire>& outputs, std::vector<int>& uses);

} // namespace moesaic::hw::associative
