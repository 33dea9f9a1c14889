// Expert-parallel load balance: which experts are replicated, and on which device each replica lies.
#pragma once

#include <vector>

namespace moesaic::workloads {

/// A placement of expert replicas. Replicas are numbered device by device: replica r lies on device
/// r / (replicas / devices).
struct ExpertPlacement {
  int devices = 0;
  std::vector<int> expert_of;     ///< per replica: its expert
  std::vector<int> replica_count; ///< per expert

  int device_of(int replica) const { return replica / (static_cast<int>(expert_of.size()) / devices); }
  /// Tokens per device when an expert's `load` is shared evenly among its replicas.
  std::vector<double> device_load(const std::vector<double>& load) const;
};

/// DeepSeek's expert-parallel load balancer (the EPLB of its DeepSeek-V3 deployment) for one layer:
/// replicates the busiest experts and packs the replicas evenly. Where the groups divide among the nodes it
/// is hierarchical: a group's experts stay on one node; else it is global. Ties go to the lowest index.
/// `load`: tokens per expert. Throws InputError where replicas < experts, or counts do not divide (experts
/// into groups, replicas and nodes into devices), or a load is negative.
ExpertPlacement balance_experts(const std::vector<double>& load, int replicas, int groups, int nodes,
                                int devices);

/// No replicas: expert e on device e / (experts / devices).
ExpertPlacement contiguous_placement(int experts, int devices);

/// How many of `tokens` tokens that chose an expert one of its replicas serves, when they take turns beginning with replica 0.
int served_tokens(int tokens, int replicas, int replica);

} // namespace moesaic::workloads
