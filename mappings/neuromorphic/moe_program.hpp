// Lowers a MoE layer to a program for a neuromorphic system.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/neuromorphic/program.hpp"
#include "mappings/neuromorphic/moe_plan.hpp"
#include "workloads/routing.hpp"

namespace moesaic::mappings {

/// The populations of a mapped layer, in the program's order.
enum MoePopulation : int { sources, router, choice, dispatch, gate_up, down, combine };

/// Expert weights stay in core memory; a token's hidden state comes as one graded spike per channel:
/// sources -> router and dispatch; router -> choice; choice -> dispatch and down cores of the chosen experts;
/// dispatch (relays that fire only when chosen, since fan-out tables are static) -> gate_up; gate_up -> down;
/// down -> combine. Hub cores stand on the chips in the middle of the grid, experts along a snake over the
/// others.
hw::Program make_moe_program(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan);

/// Where the program's replicas stand, and how they are chosen there. Choice neurons, like the experts' cores, count
/// replicas by their numbers (see Replicas).
ReplicaPlaces replica_places(const hw::Chip& chip, const workloads::MoeLayer& layer, const hw::Program& program);
ReplicaChoice replica_choice(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan,
                             const hw::Program& program);

/// Per token the choice neurons that fire where experts have no replicas: chosen experts ascending, then all shared ones.
std::vector<std::vector<std::int32_t>> chosen_experts(const workloads::MoeLayer& layer,
                                                      const workloads::Routing& routing);

} // namespace moesaic::mappings
