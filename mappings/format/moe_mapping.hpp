// Between programs of MoE layers and mappings.
#pragma once

#include "hw/neuromorphic/chip.hpp"
#include "mappings/format/mapping.hpp"
#include "mappings/neuromorphic/moe_program.hpp"
#include "mappings/placement/neuromorphic_traffic.hpp"

namespace moesaic::mappings {

/// Clusters: the hub (0), each replica's relays (1 + n, n its number), each replica's gate, up and down cores (1 +
/// replicas + n).
CoreRoles moe_roles(const MoePlan& plan, const hw::Program& program);

/// The mapping that a program of a MoE layer is. Names and search options are left empty.
Mapping mapping_of(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan,
                   const hw::Program& program);

/// The plan that a mapping of this layer on this chip follows, but for its grid.
MoePlan plan_of(const hw::Chip& chip, const workloads::MoeLayer& layer, const Mapping& mapping);

/// Lowers the layer again and puts its cores where the mapping says. Throws InputError where the mapping
/// holds something else than this layer's program on this chip.
hw::Program program_of(const hw::Chip& chip, const workloads::MoeLayer& layer, const Mapping& mapping);

} // namespace moesaic::mappings
