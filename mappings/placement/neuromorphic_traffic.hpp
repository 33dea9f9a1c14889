// The communication graph and the floor of a neuromorphic program.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

/// Which cores belong together, and which work for a chosen expert only: for a replica of it, by its number.
struct CoreRoles {
  std::vector<std::int32_t> cluster; ///< by core of the program
  std::vector<std::int32_t> number;  ///< by core; -1: works for every token
};

/// The floor that a program's chips make: link times and energies at their nominal values, barriers of
/// `steps` time steps as fixed time.
Floor floor_of(const hw::Chip& chip, const hw::Program& program, int steps);

/// One token is worked on at a time, so each stage is a phase of its own; stages whose senders depend on the
/// token's experts are a phase for each token of `chosen` (lists of the numbers of the replicas that serve it, see
/// Replicas), of equal weight. A top-k population's neuron n speaks for replica number n.
Traffic traffic_of(const hw::Chip& chip, const hw::Program& program, const CoreRoles& roles,
                   const std::vector<std::vector<std::int32_t>>& chosen);

/// The slots in which a program's cores stand, and the way back.
Placement placement_of(const hw::Chip& chip, const hw::Program& program);
void place(const hw::Chip& chip, const Placement& placement, hw::Program& program);

} // namespace moesaic::mappings
