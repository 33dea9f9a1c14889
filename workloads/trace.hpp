// Traces of several layers and phases: what recorded routing shows beyond skew.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "workloads/routing.hpp"

namespace moesaic::workloads {

/// Consecutive tokens with one popularity of experts: one domain of text, or prefill, or decode.
struct TracePhase {
  int tokens = 0;
  /// Correlation (of the normal scores, see below) of this phase's popularity with the trace's common one: 1
  /// the same experts are busy, 0 unrelated ones. Two phases correlate by the product of their similarities.
  double similarity = 1;
};

struct TraceOptions {
  std::vector<TracePhase> phases;
  int layers = 1;
  /// Chance that a token's first expert is made to be the previous token's first one. Seen: that plus what
  /// chance gives, r + (1 - r) * sum of squared shares of first choices. Mixtral shows 25 to 28 % where
  /// chance gives 12.5 %.
  double repetition = 0;
  /// Chance that a token's first expert in a layer is made to follow from its first one in the layer before,
  /// by a fixed pairing of the two layers' experts in order of their loads.
  double layer_predictability = 0;
};

/// Layer by layer the routing of all tokens, phases one after the other.
struct Trace {
  std::vector<Routing> layers;
};

/// Popularity is bounded Pareto of the layer's load_alpha in every phase, correlated between phases through a
/// Gaussian copula; choices obey top-k and group limits, loads are met phase by phase. Same seed, same bits.
/// Throws InputError for options out of range.
Trace generate_trace(const MoeLayer& layer, const TraceOptions& options, std::uint64_t seed);

/// The same trace a layer at a time, in memory that does not grow with their number: visit(layer index, routing).
void generate_layers(const MoeLayer& layer, const TraceOptions& options, std::uint64_t seed,
                     const std::function<void(int, const Routing&)>& visit);

} // namespace moesaic::workloads
