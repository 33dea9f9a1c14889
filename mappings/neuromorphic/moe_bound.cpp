// How far the machine's outputs may lie from the reference's: every rounding of moe_values.cpp, one after
// another.
#include <algorithm>
#include <cmath>

#include "mappings/neuromorphic/moe_values.hpp"

namespace moesaic::mappings {
namespace {

using workloads::Approximation;

double magnitude(const Approximation& x) {
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    most = std::max(most, std::max(std::abs(x.exact[i]), std::abs(x.nominal[i]) + x.radius[i]));
  return most;
}

/// A sum rescaled to `bits` fractional bits.
Approximation rescaled(const Approximation& x, int bits) {
  return workloads::widened(x, std::ldexp(1.0, -bits - 1), hw::Rescale::relative_error);
}

Approximation expert_output(const HeldMoe& held, std::size_t e, const workloads::ExpertWeights& weights,
                            const Approximation& payload) {
  const auto& expert = held.experts[e];
  const Approximation gate =
      rescaled(workloads::multiplied(weights.gate, expert.gate, payload, {}, 0), product_bits);
  const Approximation up =
      rescaled(workloads::multiplied(weights.up, expert.up, payload, {}, 0), product_bits);
  const Approximation activated =
      workloads::activated(held.layer.activation, gate, up, hw::SigmoidTable::error());
  // silu is rounded, then its product with up.
  const double half = std::ldexp(1.0, -product_bits - 1);
  const Approximation fixed =
      workloads::widened(activated, half * (magnitude(up) + 1), hw::Rescale::relative_error);
  const Approximation inner = workloads::rounded_to_step(fixed, held.inner_step[e]);
  return rescaled(workloads::multiplied(weights.down, expert.down, inner, {}, 0), output_bits);
}

/// The largest error of any router score: the logit's, times the sigmoid's largest slope, and the table's
/// own.
double score_error(const HeldMoe& held, const workloads::Matrix& router, const std::vector<double>& token) {
  double most = 0;
  for (int e = 0; e < router.rows; ++e) {
    const double step = held.router_step[static_cast<std::size_t>(e)];
    double logit = 0, error = 0;
    for (int c = 0; c < router.cols; ++c) {
      const double x = std::abs(token[static_cast<std::size_t>(c)]), w = std::abs(double{router.at(e, c)});
      error += x * step / 2 + (w + step / 2) * held.hidden_step / 2;
      logit += router.at(e, c) * token[static_cast<std::size_t>(c)];
    }
    error += (std::abs(logit) + error) * hw::Rescale::relative_error +
             std::ldexp(1.0, -hw::SigmoidTable::input_bits - 1);
    most = std::max(most, error / 4);
  }
  return most + hw::SigmoidTable::error();
}

} // namespace

std::vector<Approximation> bound_moe(const HeldMoe& held, const workloads::MoeWeights& weights,
                                     const workloads::Matrix& hidden, const workloads::MoeResult& reference) {
  std::vector<Approximation> bounds;
  const auto& layer = held.layer;
  for (int t = 0; t < hidden.rows; ++t) {
    const auto token = workloads::token_state(hidden, t);
    const Approximation payload =
        workloads::rounded_to_step(workloads::held_exactly(token), held.hidden_step);
    const double error = score_error(held, weights.router, token);
    std::vector<Approximation> terms;
    std::vector<double> weight, weight_error;
    double sum = 0;
    const auto score = [&](int e) {
      const double logit =
          reference.logits[static_cast<std::size_t>(t) * static_cast<std::size_t>(layer.routed) +
                           static_cast<std::size_t>(e)];
      return 1 / (1 + std::exp(-logit));
    };
    for (int k = 0; k < layer.router.top_k; ++k)
      sum += score(reference.routing.expert_of(t, k));
    const double least_sum = std::max(sum - layer.router.top_k * error, 1e-6);
    for (int k = 0; k < layer.router.top_k; ++k) {
      const auto e = static_cast<std::size_t>(reference.routing.expert_of(t, k));
      terms.push_back(expert_output(held, e, weights.experts[e], payload));
      weight.push_back(reference.routing.weight_of(t, k));
      // s / sum with both off by their errors; the reference's own weight is rounded to fp32.
      const double off = error / least_sum * (1 + score(static_cast<int>(e)) * layer.router.top_k / sum);
      weight_error.push_back(layer.router.scale * off + std::ldexp(1.0, -weight_bits) +
                             weight.back() * 0x1p-21);
    }
    for (int s = 0; s < layer.shared; ++s) {
      const auto e = static_cast<std::size_t>(layer.routed + s);
      terms.push_back(expert_output(held, e, weights.shared[static_cast<std::size_t>(s)], payload));
      weight.push_back(1);
      weight_error.push_back(0);
    }
    const double roundings = std::ldexp(1.0, -output_bits - 1) * static_cast<double>(terms.size());
    bounds.push_back(workloads::widened(workloads::combined(terms, weight, weight_error), roundings, 0));
  }
  return bounds;
}

} // namespace moesaic::mappings
