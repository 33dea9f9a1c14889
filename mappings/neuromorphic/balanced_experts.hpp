// Replicas for a neuromorphic system by DeepSeek's expert-parallel load balancer (EPLB): chips instead of GPUs.
#pragma once

#include <vector>

#include "mappings/neuromorphic/moe_plan.hpp"

namespace moesaic::mappings {

/// A plan with `redundant` replicas beyond one of each routed expert, of the experts with the largest load per replica,
/// packed so that chips' loads are even (workloads/expert_balance). Experts go to as few chips as hold them whole, equally
/// many to each; `redundant` is raised until they are. Where an expert fills a chip or more there is nothing to pack:
/// experts then follow each other in order, the further replicas last. Shared experts work for every token and have one
/// replica, in front. `load`: tokens by routed expert. Throws InputError as plan_moe, and for a load of another length.
MoeOptions balanced_experts(const hw::Chip& chip, const workloads::MoeLayer& layer, const std::vector<double>& load,
                            int redundant, ReplicaRule rule, bool streamed = false);

} // namespace moesaic::mappings
