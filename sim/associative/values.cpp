#include "sim/associative/values.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "sim/associative/layer.hpp"
#include "workloads/moe_bounds.hpp"
#include "workloads/reference.hpp"

namespace moesaic::sim {

namespace {

using workloads::Approximation;
using workloads::MoeLayer;
using workloads::MoeWeights;

constexpr double largest_layer = 4e6; // weights; beyond, the bit planes take too long

/// How far the machine's logits may be from the exact ones: both operands are rounded to 16 bits.
double logit_error(const MoeWeights& weights, const workloads::Matrix& hidden, int token, int expert) {
  double largest_w = 0, largest_x = 0, error = 0, magnitude = 0;
  for (int k = 0; k < hidden.cols; ++k) {
    largest_w = std::max(largest_w, double{std::abs(weights.router.at(expert, k))});
    largest_x = std::max(largest_x, double{std::abs(hidden.at(token, k))});
  }
  const double ew = largest_w / 65534 * (1 + 0x1p-20), ex = largest_x / 65534 * (1 + 0x1p-20);
  for (int k = 0; k < hidden.cols; ++k) {
    const double w = std::abs(weights.router.at(expert, k)), x = std::abs(hidden.at(token, k));
    error += w * ex + x * ew + ew * ex;
    magnitude += w * x;
  }
  return error + magnitude * 0x1p-22;
}

/// What the machine's score of an expert lies between. It is off by at most a quarter of its logit's error
/// (sigmoid), or by a factor of e^(twice the largest error of any logit) (softmax).
std::pair<double, double> score_ends(const MoeLayer& layer, const workloads::MoeResult& reference,
                                     const MoeWeights& weights, const workloads::Matrix& hidden, int token,
                                     int expert) {
  const auto* logits = &reference.logits[static_cast<std::size_t>(token * layer.routed)];
  if (layer.router.score == workloads::Score::sigmoid) {
    const double s = 1 / (1 + std::exp(-double{logits[expert]})),
                 d = logit_error(weights, hidden, token, expert) / 4 + 0x1p-22;
    return {s - d, s + d};
  }
  double sum = 0, error = 0;
  for (int e = 0; e < layer.routed; ++e) {
    sum += std::exp(double{logits[e]} - logits[expert]);
    error = std::max(error, logit_error(weights, hidden, token, e));
  }
  const double factor = std::exp(2 * error) * (1 + 0x1p-20);
  return {1 / (sum * factor), factor / sum};
}

/// Largest difference between the machine's and the reference's weight of one choice.
double weight_error(const MoeLayer& layer, const workloads::MoeResult& reference, const MoeWeights& weights,
                    const workloads::Matrix& hidden, int token, int choice) {
  double low_sum = 0, high_sum = 0, low = 0, high = 0;
  for (int c = 0; c < layer.router.top_k; ++c) {
    const auto [least, most] = score_ends(layer, reference, weights, hidden, token, reference.routing.expert_of(token, c));
    low_sum += least, high_sum += most;
    if (c == choice)
      low = least, high = most;
  }
  const double w = double{reference.routing.weight_of(token, choice)};
  if (!layer.router.normalise)
    return layer.router.scale * (high - low) + std::abs(w) * 0x1p-20;
  const double least = layer.router.scale * low / high_sum, most = layer.router.scale * high / low_sum;
  return std::max(most - w, w - least) + std::abs(w) * 0x1p-20;
}

/// One core's part of a token's output with its bound: the weighted activated vectors of all experts side by
/// side, quantised with one scale, times the experts' down matrices.
Approximation core_part(const MoeLayer& layer, const MoeWeights& weights, const HeldExperts& held,
                        const std::vector<int>& experts, const std::vector<Approximation>& activated,
                        int first, int last) {
  Approximation h;
  const int width = last - first;
  workloads::Matrix m(layer.hidden, width * static_cast<int>(experts.size()));
  workloads::Quantised codes{workloads::NumberFormat::int8, {m.rows, m.cols}, m.rows, m.cols, {}, {1}, {127}};
  codes.code.resize(m.value.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const auto& down = expert_weights(layer, weights, experts[i]).down;
    const auto& q = held.down[static_cast<std::size_t>(experts[i])];
    for (int k = first; k < last; ++k) {
      const auto at = static_cast<std::size_t>(k);
      h.exact.push_back(activated[i].exact[at]);
      h.nominal.push_back(activated[i].nominal[at]);
      h.radius.push_back(activated[i].radius[at]);
      for (int r = 0; r < layer.hidden; ++r) {
        const std::size_t to = m.index(r, static_cast<int>(i) * width + k - first);
        m.value[to] = q.scale[0] == 0 ? 0 : down.at(r, k) / q.scale[0];
        codes.code[to] = q.code_of(r, k);
      }
    }
  }
  const Approximation x = quantised(h, workloads::NumberFormat::int8, {1, 0});
  return multiplied(m, codes, x, {}, 0x1p-22);
}

Approximation expected_output(const MoeLayer& layer, const MoeWeights& weights, const HeldExperts& held,
                              const workloads::Matrix& hidden, const workloads::MoeResult& reference,
                              int token, int cores) {
  const Approximation x = quantised(workloads::held_exactly(workloads::token_state(hidden, token)),
                                    workloads::NumberFormat::int8, {1, 0});
  std::vector<int> experts;
  std::vector<Approximation> activated;
  for (int c = 0; c < layer.router.top_k + layer.shared; ++c) {
    const bool routed = c < layer.router.top_k;
    const int e = routed ? reference.routing.expert_of(token, c) : layer.routed + c - layer.router.top_k;
    const auto& w = expert_weights(layer, weights, e);
    const auto at = static_cast<std::size_t>(e);
    const Approximation act =
        widened(workloads::activated(layer.activation, multiplied(w.gate, held.gate[at], x, {}, 0),
                                     multiplied(w.up, held.up[at], x, {}, 0), sigmoid_table_error()),
                0, 0x1p-20);
    const double weight = routed ? double{reference.routing.weight_of(token, c)} : 1.0,
                 s = held.down[at].scale[0];
    const double error = routed ? weight_error(layer, reference, weights, hidden, token, c) : 0.0;
    experts.push_back(e);
    activated.push_back(workloads::combined({act}, {weight * s}, {error * s}));
  }
  std::vector<Approximation> parts;
  const int part = (layer.expert_ffn + cores - 1) / cores;
  for (int core = 0; core < cores; ++core) {
    const int first = std::min(core * part, layer.expert_ffn),
              last = std::min(first + part, layer.expert_ffn);
    if (first < last)
      parts.push_back(core_part(layer, weights, held, experts, activated, first, last));
  }
  return widened(workloads::combined(parts, std::vector<double>(parts.size(), 1.0), {}), 0, 0x1p-20);
}

bool same_choice(const workloads::Routing& a, const workloads::Routing& b) {
  return a.tokens == b.tokens && a.top_k == b.top_k && a.expert == b.expert;
}

workloads::Matrix rows_of(const workloads::Matrix& matrix, int first, int count) {
  workloads::Matrix rows(count, matrix.cols);
  std::copy(matrix.row(first), matrix.row(first) + rows.value.size(), rows.value.begin());
  return rows;
}

void require_supported(const hw::associative::Description& d, const MoeLayer& layer) {
  const double size = double(layer.expert_weights()) * (layer.routed + layer.shared);
  if (size > largest_layer)
    throw InputError(fmt::format("{}: values are not supported for a layer of {:.3g} weights, at most {:.3g}",
                                 d.name, size, largest_layer));
  const auto& rule = layer.router;
  const bool known = rule.score == workloads::Score::softmax ||
                     (rule.score == workloads::Score::sigmoid && rule.group_mask == workloads::GroupMask::minus_infinity);
  if (!known || layer.activation != workloads::Activation::swiglu || rule.capacity_factor > 0 || rule.bf16_logits)
    throw InputError(
        fmt::format("{}: values are not supported for this router and activation, only for sigmoid (groups masked "
                    "by -inf) and softmax of fp32 logits and swiglu without capacity",
                    d.name));
}

} // namespace

MachineValues associative_layer_values(const hw::associative::Description& d, const MoeLayer& layer,
                                       const LayerNumbers& numbers) {
  require_supported(d, layer);
  const HeldExperts held = hold_experts(layer, numbers.weights);
  MachineValues found;
  const int pass = tokens_per_pass(d, mappings::associative::moe_layout(d, layer));
  for (int first = 0; first < numbers.hidden.rows; first += pass) {
    const workloads::Matrix hidden = rows_of(numbers.hidden, first, std::min(pass, numbers.hidden.rows - first));
    LayerValues values = run_layer(d, layer, numbers.weights, held, hidden);
    for (int t = 0; t < hidden.rows; ++t) {
      found.choices.emplace_back();
      for (int c = 0; c < layer.router.top_k; ++c)
        found.choices.back().push_back(values.routing.expert_of(t, c));
      found.output.push_back(std::move(values.output[static_cast<std::size_t>(t)]));
    }
  }
  return found;
}

ValueCheck check_associative_values(const hw::associative::Description& d, const MoeTask& task) {
  const MoeLayer& layer = task.layer;
  require_supported(d, layer);
  const auto numbers = numbers_of(task);
  const MoeWeights& weights = numbers->weights;
  const workloads::Matrix& hidden = numbers->hidden;
  const workloads::MoeResult reference = run_reference(layer, weights, hidden);
  const HeldExperts held = hold_experts(layer, weights);
  const LayerValues values = run_layer(d, layer, weights, held, hidden);
  std::vector<Approximation> expected;
  for (int t = 0; t < hidden.rows; ++t)
    expected.push_back(expected_output(layer, weights, held, hidden, reference, t, d.cores));
  const workloads::BoundCheck bounds = check_bounds(expected, values.output);
  ValueCheck check;
  check.machine = d.name;
  check.router_identical = same_choice(values.routing, reference.routing);
  check.worst_error = bounds.error;
  check.error_bound = bounds.bound;
  check.within_bound = bounds.within;
  check.tokens = hidden.rows;
  check.outputs = hidden.rows * layer.hidden;
  return check;
}

} // namespace moesaic::sim
