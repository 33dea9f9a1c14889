#include "workloads/reference.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Rows> view(const Matrix& m) {
  return {m.value.data(), m.rows, m.cols};
}

std::vector<double> multiply(const Matrix& matrix, const std::vector<double>& x,
                             const std::vector<float>& bias) {
  std::vector<double> y(static_cast<std::size_t>(matrix.rows));
  Eigen::Map<Eigen::VectorXd> out(y.data(), matrix.rows);
  out = view(matrix).cast<double>() * Eigen::Map<const Eigen::VectorXd>(x.data(), matrix.cols);
  if (!bias.empty())
    out += Eigen::Map<const Eigen::VectorXf>(bias.data(), matrix.rows).cast<double>();
  return y;
}

void check_shape(const Matrix& matrix, int rows, int cols, const char* what) {
  if (matrix.rows != rows || matrix.cols != cols)
    throw InputError(
        fmt::format("{} is {} x {}, expected {} x {}", what, matrix.rows, matrix.cols, rows, cols));
}

void check_shapes(const MoeLayer& layer, const MoeWeights& weights, const Matrix& hidden) {
  check_shape(hidden, hidden.rows, layer.hidden, "the matrix of hidden states");
  check_shape(weights.router, layer.routed, layer.hidden, "the router");
  if (weights.experts.size() != static_cast<std::size_t>(layer.routed) ||
      weights.shared.size() != static_cast<std::size_t>(layer.shared))
    throw InputError(fmt::format("{} routed and {} shared experts, expected {} and {}",
                                 weights.experts.size(), weights.shared.size(), layer.routed, layer.shared));
  for (const auto* experts : {&weights.experts, &weights.shared})
    for (const auto& expert : *experts) {
      check_shape(expert.gate, layer.expert_ffn, layer.hidden, "a gate projection");
      check_shape(expert.up, layer.expert_ffn, layer.hidden, "an up projection");
      check_shape(expert.down, layer.hidden, layer.expert_ffn, "a down projection");
    }
}

void add(std::vector<double>& sum, const std::vector<double>& term, double weight) {
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i] += weight * term[i];
}

} // namespace

std::vector<double> token_state(const Matrix& hidden, int token) {
  return {hidden.row(token), hidden.row(token) + hidden.cols};
}

std::vector<float> router_logits(const MoeLayer& layer, const MoeWeights& weights, const Matrix& hidden) {
  std::vector<float> logits;
  logits.reserve(static_cast<std::size_t>(hidden.rows) * static_cast<std::size_t>(layer.routed));
  for (int t = 0; t < hidden.rows; ++t)
    for (const double logit : multiply(weights.router, token_state(hidden, t), {}))
      logits.push_back(static_cast<float>(logit));
  return logits;
}

double activate(Activation activation, double gate, double up) {
  if (activation == Activation::swiglu)
    return gate / (1 + std::exp(-gate)) * up;
  gate = std::min(gate, 7.0);
  up = std::clamp(up, -7.0, 7.0);
  return (up + 1) * gate / (1 + std::exp(-1.702 * gate));
}

ExpertStages run_expert(Activation activation, const ExpertWeights& expert,
                        const std::vector<double>& hidden) {
  ExpertStages stages;
  stages.gate = multiply(expert.gate, hidden, expert.gate_bias);
  stages.up = multiply(expert.up, hidden, expert.up_bias);
  for (std::size_t i = 0; i < stages.gate.size(); ++i)
    stages.activated.push_back(activate(activation, stages.gate[i], stages.up[i]));
  stages.output = multiply(expert.down, stages.activated, expert.down_bias);
  return stages;
}

MoeResult run_reference(const MoeLayer& layer, const MoeWeights& weights, const Matrix& hidden) {
  check_shapes(layer, weights, hidden);
  MoeResult result;
  result.logits = router_logits(layer, weights, hidden);
  result.routing = route(layer.router, layer.routed, hidden.rows, result.logits, weights.router_bias);
  for (int t = 0; t < hidden.rows; ++t) {
    const auto state = token_state(hidden, t);
    std::vector<double> output(static_cast<std::size_t>(layer.hidden));
    for (const auto& expert : weights.shared)
      add(output, run_expert(layer.activation, expert, state).output, 1);
    for (int j = 0; j < result.routing.top_k; ++j) {
      const int e = result.routing.expert_of(t, j);
      if (e < 0)
        continue;
      const auto& expert = weights.experts[static_cast<std::size_t>(e)];
      add(output, run_expert(layer.activation, expert, state).output, result.routing.weight_of(t, j));
    }
    result.output.push_back(std::move(output));
  }
  return result;
}

} // namespace moesaic::workloads
