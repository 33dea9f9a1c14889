// What a routing trace asks of one GPU: the slowest rank of an expert-parallel group counts.
#pragma once

#include <vector>

namespace moesaic::mappings::gpu {

/// Rows per expert of one rank, reduced to what kernels depend on.
struct RankLoad {
  double tokens = 0;  ///< of the whole group: each rank is handed them all
  double slots = 0;   ///< tokens x top_k
  double experts = 0; ///< that this rank holds
  double rows = 0;    ///< choices of this rank's experts
  double touched = 0; ///< experts with at least one row
  double padded = 0;  ///< rows with each expert's rounded up to 16, the least a matrix tile takes
  double own = 0;     ///< in an expert-parallel group: tokens that this rank routes and sends out itself
  double width_share = 1; ///< of each expert's inner width, that this rank holds
  double copies = 1;      ///< ranks that a row is sent to: those that hold a part of its expert
};

/// Of `experts` counts at `rows_per_expert`.
RankLoad rank_load(const int* rows_per_expert, int experts, int tokens, int top_k);

/// How experts lie on an expert-parallel group.
struct Group {
  int ranks = 1;
  /// Replicas beyond one of each expert, placed by DeepSeek's load balancer (workloads/expert_balance) from
  /// the very loads that they then serve: the best that a balancer could know. 0: experts in order, none
  /// twice.
  int redundant = 0;
};

/// The load of every rank. Tokens are shared out as evenly as they go, an expert's rows over its replicas
/// likewise. Throws InputError where experts and replicas do not divide over the ranks.
std::vector<RankLoad> group_loads(const std::vector<int>& rows_per_expert, const Group& group, int tokens,
                                  int top_k);

/// Of the rank with the most rows when the experts are split evenly, in order, over `ranks`. `ranks` must
/// divide the number of experts: InputError.
RankLoad slowest_rank(const std::vector<int>& rows_per_expert, int ranks, int tokens, int top_k);

} // namespace moesaic::mappings::gpu
