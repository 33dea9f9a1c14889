#include "workloads/moe_weights.hpp"

#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"
#include "workloads/random.hpp"

namespace moesaic::workloads {

namespace {

std::vector<float> draw_vector(Random& random, int size, double deviation) {
  std::vector<float> vector(static_cast<std::size_t>(size));
  for (float& v : vector)
    v = round_to_bf16(static_cast<float>(deviation * random.normal()));
  return vector;
}

/// Entries of deviation 1 / sqrt(cols), so that products with unit-variance vectors have unit variance.
Matrix draw_matrix(Random& random, int rows, int cols) {
  Matrix matrix(rows, cols);
  const double deviation = 1 / std::sqrt(cols);
  for (float& v : matrix.value)
    v = round_to_bf16(static_cast<float>(deviation * random.normal()));
  return matrix;
}

ExpertWeights draw_expert(Random& random, const MoeLayer& layer) {
  ExpertWeights expert;
  expert.gate = draw_matrix(random, layer.expert_ffn, layer.hidden);
  expert.up = draw_matrix(random, layer.expert_ffn, layer.hidden);
  expert.down = draw_matrix(random, layer.hidden, layer.expert_ffn);
  if (layer.activation == Activation::gpt_oss_swiglu) {
    expert.gate_bias = draw_vector(random, layer.expert_ffn, 0.1);
    expert.up_bias = draw_vector(random, layer.expert_ffn, 0.1);
    expert.down_bias = draw_vector(random, layer.hidden, 0.1);
  }
  return expert;
}

} // namespace

void check_weights_fit(const MoeLayer& layer, double most_bytes) {
  const double bytes = 4.0 * static_cast<double>(layer.expert_weights()) * (layer.routed + layer.shared);
  if (bytes > most_bytes)
    throw InputError(
        fmt::format("the real weights of one layer of {} take {:.1f} GB, {:.1f} GB more than allowed; a "
                    "reduced layer such as reduced-moe carries values",
                    layer.name, bytes / 1e9, (bytes - most_bytes) / 1e9));
}

MoeWeights make_weights(const MoeLayer& layer, std::uint64_t seed, double most_bytes) {
  check_weights_fit(layer, most_bytes);
  Random random(seed);
  MoeWeights weights;
  weights.router = draw_matrix(random, layer.routed, layer.hidden);
  // Correction biases are small beside the scores they correct (0 to 1): they only balance the loads.
  if (layer.router.bias)
    weights.router_bias = draw_vector(random, layer.routed, 0.05);
  for (int e = 0; e < layer.routed; ++e)
    weights.experts.push_back(draw_expert(random, layer));
  for (int e = 0; e < layer.shared; ++e)
    weights.shared.push_back(draw_expert(random, layer));
  return weights;
}

Matrix make_hidden_states(const MoeLayer& layer, int tokens, std::uint64_t seed) {
  Random random(seed ^ 0x9e3779b97f4a7c15u); // other numbers than the weights of the same seed
  Matrix hidden(tokens, layer.hidden);
  for (float& v : hidden.value)
    v = round_to_bf16(static_cast<float>(random.normal()));
  return hidden;
}

} // namespace moesaic::workloads
