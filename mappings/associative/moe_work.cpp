#include "mappings/associative/moe_work.hpp"

#include <algorithm>

namespace moesaic::mappings::associative {

CardWork even_work(const hw::associative::Description& d, const workloads::MoeLayer& layer) {
  CardWork work;
  work.part = (layer.expert_ffn + d.cores - 1) / d.cores;
  work.replicas.assign(static_cast<std::size_t>(layer.routed + layer.shared), 1);
  for (int c = 0; c < d.cores; ++c) {
    const int first = std::min(c * work.part, layer.expert_ffn), width = std::min(work.part, layer.expert_ffn - first);
    work.cores.emplace_back();
    for (int e = 0; e < layer.routed + layer.shared && width > 0; ++e)
      work.cores.back().push_back({e, 0, first, width, false});
  }
  return work;
}

MoeLayout work_layout(const hw::associative::Description& d, const workloads::MoeLayer& layer, const CardWork& work) {
  return moe_layout(d, layer, work.part);
}

int item_slots(const MoeLayout& layout) {
  return layout.gate_up.slots() + layout.down.slots();
}

int resident_slots(const MoeLayout& layout, const CardWork& work) {
  std::ptrdiff_t most = 0;
  for (const auto& items : work.cores)
    most = std::max(most, std::count_if(items.begin(), items.end(), [](const MoeItem& item) { return item.resident; }));
  return static_cast<int>(most) * item_slots(layout);
}

std::vector<int> replica_turns(const workloads::Routing& routing, int shared, const std::vector<int>& replicas) {
  std::vector<int> turns, next(replicas.size());
  const auto take = [&](std::size_t expert) {
    turns.push_back(next[expert]);
    next[expert] = (next[expert] + 1) % std::max(1, replicas[expert]);
  };
  for (int t = 0; t < routing.tokens; ++t) {
    for (int c = 0; c < routing.top_k; ++c) {
      if (const int e = routing.expert_of(t, c); e >= 0)
        take(static_cast<std::size_t>(e));
      else
        turns.push_back(0);
    }
    for (int s = 0; s < shared; ++s)
      take(replicas.size() - static_cast<std::size_t>(shared - s));
  }
  return turns;
}

std::vector<int> item_tokens(const MoeItem& item, const workloads::Routing& routing, int shared, const std::vector<int>& turns) {
  std::vector<int> tokens;
  const int choices = routing.top_k + shared;
  for (int t = 0; t < routing.tokens; ++t)
    for (int c = 0; c < choices; ++c) {
      const int expert = c < routing.top_k ? routing.expert_of(t, c) : routing.experts + c - routing.top_k;
      if (expert == item.expert && turns[static_cast<std::size_t>(t * choices + c)] == item.replica)
        tokens.push_back(t);
    }
  return tokens;
}

} // namespace moesaic::mappings::associative
