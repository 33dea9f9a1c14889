#include <algorithm>
#include <cmath>
#include <limits>

#include "description/error.hpp"
#include "mappings/neuromorphic/moe_program.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "mappings/neuromorphic/moe_values.hpp"

namespace moesaic::mappings {
namespace {

constexpr int largest_int8 = 127, plane = 128;

/// The largest payload of at most 16 and `bits` bits whose products with int8 weights over `fan_in` cannot
/// overflow 32 bits.
std::int64_t largest_payload(int bits, int fan_in) {
  return std::min<std::int64_t>((std::int64_t{1} << (std::min(bits, 16) - 1)) - 1,
                                std::numeric_limits<std::int32_t>::max() /
                                    (std::int64_t{largest_int8} * fan_in));
}

void require_supported(const workloads::MoeLayer& layer, const workloads::MoeWeights& weights) {
  const auto& rule = layer.router;
  if (rule.score != workloads::Score::sigmoid || !rule.normalise ||
      rule.group_mask != workloads::GroupMask::minus_infinity ||
      rule.group_score == workloads::GroupScore::maximum || rule.capacity_factor != 0 || rule.bf16_logits)
    throw InputError(layer.name +
                     ": values on a neuromorphic system are not supported for this router rule (only sigmoid "
                     "scores with renormalised weights are)");
  if (layer.activation != workloads::Activation::swiglu)
    throw InputError(
        layer.name +
        ": values on a neuromorphic system are not supported for this activation (only SwiGLU is)");
  for (const auto* experts : {&weights.experts, &weights.shared})
    for (const auto& expert : *experts)
      if (!expert.gate_bias.empty() || !expert.up_bias.empty() || !expert.down_bias.empty())
        throw InputError(layer.name +
                         ": values on a neuromorphic system are not supported for experts with biases");
}

void hold_router(HeldMoe& held, const workloads::Matrix& router) {
  for (int e = 0; e < router.rows; ++e) {
    float most = 0;
    for (int c = 0; c < router.cols; ++c)
      most = std::max(most, std::abs(router.at(e, c)));
    const double step = most > 0 ? most / (double{largest_int8} * plane) : 1;
    held.router_step.push_back(step);
    for (int c = 0; c < router.cols; ++c)
      held.router.push_back(static_cast<std::int16_t>(std::lround(router.at(e, c) / step)));
  }
}

void hold_expert(HeldMoe& held, const workloads::ExpertWeights& expert, const workloads::Matrix& hidden) {
  held.experts.push_back(workloads::quantise_expert(expert, workloads::NumberFormat::int8));
  double most = 0;
  for (int t = 0; t < hidden.rows; ++t)
    for (const double value :
         workloads::run_expert(held.layer.activation, expert, workloads::token_state(hidden, t)).activated)
      most = std::max(most, std::abs(value));
  // A tenth more than the reference's largest: quantised products may come out larger.
  held.inner_step.push_back(std::max(1.1 * most, 1e-9) / static_cast<double>(held.inner_most));
}

} // namespace

HeldMoe hold_moe(const workloads::MoeLayer& layer, const workloads::MoeWeights& weights,
                 const workloads::Matrix& hidden, int payload_bits) {
  require_supported(layer, weights);
  HeldMoe held;
  held.layer = layer;
  held.router_bias = weights.router_bias;
  double most = 1e-9;
  for (const float x : hidden.value)
    most = std::max(most, double{std::abs(x)});
  held.hidden_most = largest_payload(payload_bits, layer.hidden);
  held.hidden_step = most / static_cast<double>(held.hidden_most);
  held.inner_most = largest_payload(payload_bits, layer.expert_ffn);
  hold_router(held, weights.router);
  for (const auto* experts : {&weights.experts, &weights.shared})
    for (const auto& expert : *experts)
      hold_expert(held, expert, hidden);
  return held;
}

void fill_weights(hw::Program& program, const HeldMoe& held, const Replicas& replicas) {
  const int hidden = held.layer.hidden, width = held.layer.expert_ffn;
  const auto code = [](const workloads::Quantised& q, int r, int c) {
    return static_cast<std::int8_t>(q.code_of(r, c));
  };
  for (const auto& core : program.cores) {
    if (core.population != router && core.population != gate_up && core.population != down)
      continue;
    auto& table = program.tables[static_cast<std::size_t>(core.first_table)];
    auto weights = std::make_shared<hw::Weights>();
    weights->value.resize(static_cast<std::size_t>(table.rows) * static_cast<std::size_t>(table.columns));
    for (int row = 0; row < table.rows; ++row)
      for (int i = 0; i < core.neurons; ++i) {
        const int neuron = core.first_neuron + i;
        std::int8_t* out =
            weights->value.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(table.columns);
        if (core.population == router) {
          const int whole = held.router[static_cast<std::size_t>(neuron) * static_cast<std::size_t>(hidden) +
                                        static_cast<std::size_t>(row)];
          const int high = (whole + plane / 2 + plane * plane) / plane - plane; // floor
          out[2 * i] = static_cast<std::int8_t>(high);
          out[2 * i + 1] = static_cast<std::int8_t>(whole - plane * high);
        } else if (core.population == gate_up) {
          const auto& expert = held.experts[static_cast<std::size_t>(replicas.expert_of(neuron / width))];
          out[2 * i] = code(expert.gate, neuron % width, row);
          out[2 * i + 1] = code(expert.up, neuron % width, row);
        } else {
          const auto expert = static_cast<std::size_t>(replicas.expert_of(neuron / hidden));
          out[i] = code(held.experts[expert].down, neuron % hidden, row);
        }
      }
    table.weights = weights;
  }
}

} // namespace moesaic::mappings
