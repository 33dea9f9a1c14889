#include "workloads/moe_bounds.hpp"

#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

QuantisedExpert quantise_expert(const ExpertWeights& expert, NumberFormat format) {
  const BlockShape block = weight_block(format);
  return {quantise(expert.gate, format, block), quantise(expert.up, format, block),
          quantise(expert.down, format, block)};
}

Approximation approximate_expert(Activation activation, const ExpertWeights& expert,
                                 const QuantisedExpert& held, const Approximation& hidden,
                                 const Precision& precision) {
  const BlockShape block = activation_block(precision.activations);
  const double sum = precision.sum_rounding, output = precision.output_rounding;
  const Approximation x = quantised(hidden, precision.activations, block);
  const Approximation gate = widened(multiplied(expert.gate, held.gate, x, expert.gate_bias, sum), 0, output);
  const Approximation up = widened(multiplied(expert.up, held.up, x, expert.up_bias, sum), 0, output);
  const Approximation inner = widened(activated(activation, gate, up, precision.sigmoid_error), 0, output);
  const Approximation y = quantised(sparsified(precision.sparsity, inner), precision.activations, block);
  return widened(multiplied(expert.down, held.down, y, expert.down_bias, sum), 0, output);
}

std::vector<Approximation> approximate_layer(const MoeLayer& layer, const MoeWeights& weights,
                                             const Matrix& hidden, const Routing& routing,
                                             const Precision& precision) {
  std::vector<QuantisedExpert> routed, shared;
  for (const auto& expert : weights.experts)
    routed.push_back(quantise_expert(expert, precision.weights));
  for (const auto& expert : weights.shared)
    shared.push_back(quantise_expert(expert, precision.weights));
  std::vector<Approximation> outputs;
  for (int t = 0; t < hidden.rows; ++t) {
    const Approximation state = held_exactly(token_state(hidden, t));
    std::vector<Approximation> terms;
    std::vector<double> weight, weight_error;
    const auto add = [&](const ExpertWeights& expert, const QuantisedExpert& held, double w, double error) {
      terms.push_back(approximate_expert(layer.activation, expert, held, state, precision));
      weight.push_back(w);
      weight_error.push_back(error);
    };
    for (std::size_t s = 0; s < shared.size(); ++s)
      add(weights.shared[s], shared[s], 1, 0);
    for (int j = 0; j < routing.top_k; ++j) {
      if (routing.expert_of(t, j) < 0)
        continue;
      const auto e = static_cast<std::size_t>(routing.expert_of(t, j));
      const double w = routing.weight_of(t, j);
      add(weights.experts[e], routed[e], w, w * precision.weight_error);
    }
    double magnitude = 0;
    Approximation sum = terms.empty()
                            ? held_exactly(std::vector<double>(static_cast<std::size_t>(layer.hidden)))
                            : combined(terms, weight, weight_error);
    for (std::size_t i = 0; i < sum.size(); ++i, magnitude = 0) {
      for (std::size_t k = 0; k < terms.size(); ++k)
        magnitude += weight[k] * (std::abs(terms[k].nominal[i]) + terms[k].radius[i]);
      sum.radius[i] += precision.output_rounding * magnitude;
    }
    outputs.push_back(std::move(sum));
  }
  return outputs;
}

BoundCheck check_bounds(const std::vector<Approximation>& expected,
                        const std::vector<std::vector<double>>& machine) {
  if (expected.size() != machine.size())
    throw InputError(fmt::format("{} tokens from the machine, expected {}", machine.size(), expected.size()));
  BoundCheck check;
  for (std::size_t t = 0; t < expected.size(); ++t) {
    if (machine[t].size() != expected[t].size())
      throw InputError(fmt::format("token {}: {} outputs from the machine, expected {}", t, machine[t].size(),
                                   expected[t].size()));
    for (std::size_t i = 0; i < machine[t].size(); ++i) {
      const double error = std::abs(machine[t][i] - expected[t].exact[i]), bound = expected[t].bound(i);
      if (!(error <= bound))
        check.within = false; // also for NaN
      const double ratio = error == 0 ? 0 : error / bound;
      if (ratio > check.largest_ratio || std::isnan(ratio))
        check = {ratio, error, bound, check.within};
      if (std::isnan(ratio))
        return check;
    }
  }
  return check;
}

} // namespace moesaic::workloads
