// Who goes where: the router's choice for a batch of tokens.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/moe_layer.hpp"

namespace moesaic::workloads {

/// Expert choices, tokens x top_k row by row, best first. A dropped choice (over capacity) has expert -1 and
/// weight 0.
struct Routing {
  int tokens = 0;
  int top_k = 0;
  int experts = 0;
  std::vector<std::int32_t> expert;
  std::vector<float> weight;

  std::int32_t expert_of(int token, int choice) const {
    return expert[static_cast<std::size_t>(token) * top_k + choice];
  }
  float weight_of(int token, int choice) const {
    return weight[static_cast<std::size_t>(token) * top_k + choice];
  }
  /// Tokens per expert, length `experts`.
  std::vector<int> load() const;
  /// The `count` tokens from `first` on; they must be there.
  Routing part(int first, int count) const;
};

/// Routes `tokens` rows of `logits` (tokens x rule's experts, row by row) with `bias` (empty or one per
/// expert), in fp32, to the bit as the model's own code does. Ties go to the lowest index. Choices over an
/// expert's capacity are dropped. Throws InputError for a size mismatch and for logits or biases that are not
/// finite.
Routing route(const RouterRule& rule, int experts, int tokens, const std::vector<float>& logits,
              const std::vector<float>& bias);

/// Tokens an expert takes in a batch: ceil(capacity_factor * tokens * top_k / experts), for Switch's top-1 as
/// published.
int expert_capacity(const RouterRule& rule, int experts, int tokens);

/// Drops what exceeds the experts' capacity, first choices served before second ones, tokens in order. No-op
/// for a dropless rule. A dropped choice takes the residual path: expert -1, weight 0.
void drop_over_capacity(const RouterRule& rule, Routing& routing);

/// A seeded trace whose expert loads follow the layer's bounded Pareto and whose choices obey top-k and group
/// limits. The same seed gives the same bits on every compiler.
Routing make_trace(const MoeLayer& layer, int tokens, std::uint64_t seed);

} // namespace moesaic::workloads
