// The steps of a circuit over nodes, before they have places: private to the making of circuits.
#pragma once

#include <array>
#include <vector>

#include "hw/associative/circuit.hpp"
#include "hw/associative/circuit_cover.hpp"

namespace moesaic::hw::associative {

struct Operation {
  CircuitStep::Kind kind = CircuitStep::Kind::table;
  std::uint8_t table = 0;
  std::array<std::uint32_t, 4> in{};
  std::array<std::uint32_t, 2> out{}; ///< the same twice where there is one
};

/// One for each node that has a cut. Sums and carries of the same three nodes go together, with the product that only they
/// use.
std::vector<Operation> operations(const std::vector<Cut>& cuts, const std::vector<int>& uses);

/// In an order in which like steps follow one another: what is ready of the kind that most are ready of.
std::vector<Operation> grouped(const std::vector<Operation>& operations, std::size_t nodes);

} // namespace moesaic::hw::associative
