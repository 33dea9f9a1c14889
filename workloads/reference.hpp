// What is right: an MoE layer computed with Eigen, logits and routing in fp32, everything else in double.
#pragma once

#include <vector>

#include "workloads/moe_weights.hpp"
#include "workloads/routing.hpp"

namespace moesaic::workloads {

/// logits[t * routed + e]: router times hidden state, summed in double, rounded once to fp32.
std::vector<float> router_logits(const MoeLayer& layer, const MoeWeights& weights, const Matrix& hidden);

/// silu(gate) * up for swiglu; for gpt_oss_swiglu (up + 1) * gate * sigmoid(1.702 gate), gate at most 7, up
/// in [-7, 7].
double activate(Activation activation, double gate, double up);

/// One expert on one token, every stage of it.
struct ExpertStages {
  std::vector<double> gate, up, activated; ///< expert_ffn each
  std::vector<double> output;              ///< hidden
};
ExpertStages run_expert(Activation activation, const ExpertWeights& expert,
                        const std::vector<double>& hidden);

struct MoeResult {
  std::vector<float> logits; ///< tokens x routed
  Routing routing;
  std::vector<std::vector<double>>
      output; ///< per token, `hidden` wide: shared experts plus weighted routed ones
};

/// The whole layer on `hidden` (tokens x hidden). Throws InputError where shapes do not fit together. A
/// dropped choice adds nothing: the residual connection is outside the layer.
MoeResult run_reference(const MoeLayer& layer, const MoeWeights& weights, const Matrix& hidden);

/// Row `token` of `hidden` in double.
std::vector<double> token_state(const Matrix& hidden, int token);

} // namespace moesaic::workloads
