// Traces: choices whose loads follow a bounded Pareto and whose group limits hold.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/choice_sampler.hpp"
#include "workloads/expert_loads.hpp"
#include "workloads/routing.hpp"
#include "workloads/trace_weights.hpp"

namespace moesaic::workloads {

Routing make_trace(const MoeLayer& layer, int tokens, std::uint64_t seed) {
  check_rule(layer.router, layer.routed);
  Random random(seed);
  const int top_k = layer.router.top_k;
  const auto popularity = draw_popularity(layer.routed, tokens, top_k, layer.load_alpha, random);
  Routing routing{tokens, top_k, layer.routed, {}, {}};
  routing.expert.resize(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(top_k));
  routing.weight.resize(routing.expert.size());
  ChoiceSampler sampler(layer.router, apportion_loads(popularity, tokens, top_k, random), tokens);
  for (std::size_t at = 0; at < routing.expert.size(); at += static_cast<std::size_t>(top_k)) {
    sampler.draw_token(random, &routing.expert[at]);
    draw_weights(layer.router, layer.routed, random, &routing.weight[at]);
  }
  drop_over_capacity(layer.router, routing);
  return routing;
}

} // namespace moesaic::workloads
