#include "mappings/gpu/load.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/expert_balance.hpp"

namespace moesaic::mappings::gpu {

RankLoad rank_load(const int* rows_per_expert, int experts, int tokens, int top_k) {
  RankLoad load;
  load.tokens = tokens;
  load.slots = static_cast<double>(tokens) * top_k;
  load.experts = experts;
  int touched = 0;
  long long rows = 0, padded = 0;
  for (int e = 0; e < experts; ++e) {
    const int count = rows_per_expert[e];
    rows += count;
    touched += count > 0;
    padded += (count + 15) / 16 * 16;
  }
  load.rows = static_cast<double>(rows);
  load.touched = touched;
  load.padded = static_cast<double>(padded);
  load.own = tokens;
  return load;
}

static workloads::ExpertPlacement placement_of(const std::vector<int>& rows, const Group& group) {
  const auto experts = static_cast<int>(rows.size());
  if (group.ranks < 1 || (experts + group.redundant) % group.ranks != 0)
    throw InputError(fmt::format("{} experts and {} redundant ones do not divide over {} ranks", experts,
                                 group.redundant, group.ranks));
  if (group.redundant == 0)
    return workloads::contiguous_placement(experts, group.ranks);
  return workloads::balance_experts({rows.begin(), rows.end()}, experts + group.redundant, 1, 1, group.ranks);
}

std::vector<RankLoad> group_loads(const std::vector<int>& rows_per_expert, const Group& group, int tokens,
                                  int top_k) {
  const auto placement = placement_of(rows_per_expert, group);
  const std::size_t local = placement.expert_of.size() / static_cast<std::size_t>(group.ranks);
  std::vector<int> served(rows_per_expert.size()), rows; // replicas already met; rows per replica
  for (const int e : placement.expert_of) {
    const auto expert = static_cast<std::size_t>(e);
    const int total = rows_per_expert[expert], replicas = placement.replica_count[expert];
    rows.push_back(total / replicas + (served[expert]++ < total % replicas));
  }
  std::vector<RankLoad> loads;
  for (int rank = 0; rank < group.ranks; ++rank) {
    loads.push_back(
        rank_load(&rows[static_cast<std::size_t>(rank) * local], static_cast<int>(local), tokens, top_k));
    loads.back().own = tokens / group.ranks + (rank < tokens % group.ranks);
  }
  return loads;
}

RankLoad slowest_rank(const std::vector<int>& rows_per_expert, int ranks, int tokens, int top_k) {
  const auto loads = group_loads(rows_per_expert, {ranks, 0}, tokens, top_k);
  return *std::max_element(loads.begin(), loads.end(),
                           [](const RankLoad& a, const RankLoad& b) { return a.rows < b.rows; });
}

} // namespace moesaic::mappings::gpu
