#include "workloads/trace.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/choice_sampler.hpp"
#include "workloads/expert_loads.hpp"
#include "workloads/trace_weights.hpp"

namespace moesaic::workloads {

namespace {

void check_options(const TraceOptions& options) {
  const auto refuse = [](const std::string& message) { throw InputError("trace: " + message); };
  const auto share = [&](double value, const char* name) {
    if (!(value >= 0 && value <= 1))
      refuse(fmt::format("{} {} is out of range, expected 0 to 1", name, value));
  };
  if (options.phases.empty())
    refuse("at least one phase is needed");
  for (const auto& phase : options.phases) {
    if (phase.tokens < 1)
      refuse(fmt::format("a phase of {} tokens: at least 1 is needed", phase.tokens));
    share(phase.similarity, "similarity");
  }
  if (options.layers < 1)
    refuse(fmt::format("{} layers: at least 1 is needed", options.layers));
  share(options.repetition, "repetition");
  share(options.layer_predictability, "layer_predictability");
}

std::vector<double> draw_normals(int count, Random& random) {
  std::vector<double> z(static_cast<std::size_t>(count));
  for (double& v : z)
    v = random.normal();
  return z;
}

/// Normal scores that correlate with `common` by `similarity`, turned to uniform numbers.
std::vector<double> phase_scores(const std::vector<double>& common, double similarity, Random& random) {
  std::vector<double> u;
  for (const double z : common) {
    const double own = similarity == 1 ? 0 : std::sqrt(1 - similarity * similarity) * random.normal();
    u.push_back(0.5 * std::erfc(-(similarity * z + own) / std::sqrt(2.0)));
  }
  return u;
}

std::vector<std::size_t> by_load(const std::vector<int>& load) {
  std::vector<std::size_t> order(load.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return load[a] > load[b]; });
  return order;
}

/// One layer in the making.
class LayerTrace {
 public:
  LayerTrace(const MoeLayer& layer, const TraceOptions& options, Random& random)
      : layer_(layer), options_(options), random_(random), common_(draw_normals(layer.routed, random)) {
    const int tokens = std::accumulate(options.phases.begin(), options.phases.end(), 0,
                                       [](int sum, const TracePhase& phase) { return sum + phase.tokens; });
    routing_ = {tokens, layer.router.top_k, layer.routed, {}, {}};
    routing_.expert.resize(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(routing_.top_k));
    routing_.weight.resize(routing_.expert.size());
  }

  /// `before`: the layer before, or null for the first one.
  Routing draw(const Routing* before) {
    int token = 0;
    for (const auto& phase : options_.phases) {
      draw_phase(phase, token, before);
      token += phase.tokens;
    }
    return std::move(routing_);
  }

 private:
  void draw_phase(const TracePhase& phase, int first, const Routing* before) {
    const auto popularity = popularity_at(phase_scores(common_, phase.similarity, random_), phase.tokens,
                                          layer_.router.top_k, layer_.load_alpha);
    const auto load = apportion_loads(popularity, phase.tokens, layer_.router.top_k, random_);
    std::vector<int> follower; // expert of the layer before -> its partner here
    if (before != nullptr && options_.layer_predictability > 0)
      follower = pair_experts(*before, first, phase.tokens, load);
    ChoiceSampler sampler(layer_.router, load, phase.tokens);
    for (int t = first; t < first + phase.tokens; ++t) {
      const std::size_t at = static_cast<std::size_t>(t) * static_cast<std::size_t>(routing_.top_k);
      sampler.draw_token(random_, wanted_first(t, follower, before), &routing_.expert[at]);
      draw_weights(layer_.router, layer_.routed, random_, &routing_.weight[at]);
    }
  }

  int wanted_first(int token, const std::vector<int>& follower, const Routing* before) {
    if (!follower.empty() && random_.happens(options_.layer_predictability))
      return follower[static_cast<std::size_t>(before->expert_of(token, 0))];
    if (options_.repetition > 0 && token > 0 && random_.happens(options_.repetition))
      return routing_.expert_of(token - 1, 0);
    return -1;
  }

  std::vector<int> pair_experts(const Routing& before, int first, int tokens,
                                const std::vector<int>& load) const {
    std::vector<int> seen(load.size());
    for (int t = first; t < first + tokens; ++t)
      for (int j = 0; j < before.top_k; ++j)
        ++seen[static_cast<std::size_t>(before.expert_of(t, j))];
    const auto from = by_load(seen), to = by_load(load);
    std::vector<int> follower(load.size());
    for (std::size_t rank = 0; rank < from.size(); ++rank)
      follower[from[rank]] = static_cast<int>(to[rank]);
    return follower;
  }

  const MoeLayer& layer_;
  const TraceOptions& options_;
  Random& random_;
  std::vector<double> common_;
  Routing routing_;
};

} // namespace

void generate_layers(const MoeLayer& layer, const TraceOptions& options, std::uint64_t seed,
                     const std::function<void(int, const Routing&)>& visit) {
  check_rule(layer.router, layer.routed);
  check_options(options);
  Random random(seed);
  Routing before; // nothing dropped yet: what the next layer follows from
  for (int l = 0; l < options.layers; ++l) {
    Routing drawn = LayerTrace(layer, options, random).draw(l == 0 ? nullptr : &before);
    before = drawn;
    drop_over_capacity(layer.router, drawn);
    visit(l, drawn);
  }
}

Trace generate_trace(const MoeLayer& layer, const TraceOptions& options, std::uint64_t seed) {
  Trace trace;
  generate_layers(layer, options, seed, [&](int, const Routing& routing) { trace.layers.push_back(routing); });
  return trace;
}

Routing make_trace(const MoeLayer& layer, int tokens, std::uint64_t seed) {
  return std::move(generate_trace(layer, {{{tokens, 1}}, 1, 0, 0}, seed).layers.front());
}

} // namespace moesaic::workloads
