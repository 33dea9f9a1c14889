// The real numbers of one MoE layer.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/matrix.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::workloads {

/// One expert: y = down * act(gate * x + gate_bias, up * x + up_bias) + down_bias. Biases are empty where a
/// model has none.
struct ExpertWeights {
  Matrix gate, up; ///< expert_ffn x hidden
  Matrix down;     ///< hidden x expert_ffn
  std::vector<float> gate_bias, up_bias, down_bias;
};

struct MoeWeights {
  Matrix router;                      ///< routed x hidden
  std::vector<float> router_bias;     ///< one per routed expert, or empty
  std::vector<ExpertWeights> experts; ///< routed
  std::vector<ExpertWeights> shared;
};

/// Throws InputError, with the excess, where the fp32 weights of all experts would not fit in `most_bytes`.
void check_weights_fit(const MoeLayer& layer, double most_bytes);

/// Seeded weights at the scale of a trained layer after normalisation: for hidden states of unit variance,
/// logits and gate and up products have unit variance. Every number is a bfloat16, as published checkpoints
/// are. Throws InputError where they would not fit in `most_bytes`.
MoeWeights make_weights(const MoeLayer& layer, std::uint64_t seed, double most_bytes = 4e9);

/// tokens x hidden, standard normal bfloat16 numbers: what an RMS norm with unit gain gives a layer.
Matrix make_hidden_states(const MoeLayer& layer, int tokens, std::uint64_t seed);

} // namespace moesaic::workloads
