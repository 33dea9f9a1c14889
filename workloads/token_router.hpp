// The router's hot path: one token's logits to its choices and weights.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/moe_layer.hpp"

namespace moesaic::workloads {

/// Holds scratch space for one rule; route() allocates nothing. Inputs are finite, the rule fits the experts.
class TokenRouter {
 public:
  TokenRouter(const RouterRule& rule, int experts, const std::vector<float>& bias);

  /// `logits`: one per expert. Writes top_k experts, best first, and their weights.
  void route(const float* logits, std::int32_t* expert, float* weight);

 private:
  void score_experts(const float* logits);
  void choose_groups();
  float score_group(const float* choice) const;
  void select_experts(std::int32_t* expert);
  void weigh(const std::int32_t* expert, float* weight) const;

  const RouterRule& rule_;
  std::size_t experts_, width_; ///< width: experts per group
  const std::vector<float>& bias_;
  std::vector<float> score_, choice_; ///< choice: score plus bias, what selection goes by
  std::vector<float> group_score_, best_;
  std::vector<std::int32_t> group_;
  std::vector<char> group_kept_;
};

} // namespace moesaic::workloads
