#include "sim/associative/expected_output.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace moesaic::sim {

using workloads::Approximation;
using workloads::MoeLayer;
using workloads::MoeWeights;

namespace {

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

/// What of a token's experts a core works on: which of its choices, and which inner units.
struct ChosenPart {
  std::size_t choice;
  int first, width;
};

/// One core's part of a token's output with its bound: the weighted activated vectors of all its parts side by
/// side, quantised with one scale, times the experts' down matrices.
Approximation core_part(const MoeLayer& layer, const MoeWeights& weights, const HeldExperts& held,
                        const std::vector<int>& experts, const std::vector<Approximation>& activated,
                        const std::vector<ChosenPart>& parts) {
  Approximation h;
  int all = 0;
  for (const ChosenPart& part : parts)
    all += part.width;
  workloads::Matrix m(layer.hidden, all);
  workloads::Quantised codes{workloads::NumberFormat::int8, {m.rows, m.cols}, m.rows, m.cols, {}, {1}, {127}};
  codes.code.resize(m.value.size());
  int column = 0;
  for (const ChosenPart& part : parts) {
    const std::size_t i = part.choice;
    const auto& down = expert_weights(layer, weights, experts[i]).down;
    const auto& q = held.down[static_cast<std::size_t>(experts[i])];
    for (int k = part.first; k < part.first + part.width; ++k, ++column) {
      const auto at = static_cast<std::size_t>(k);
      h.exact.push_back(activated[i].exact[at]);
      h.nominal.push_back(activated[i].nominal[at]);
      h.radius.push_back(activated[i].radius[at]);
      for (int r = 0; r < layer.hidden; ++r) {
        const std::size_t to = m.index(r, column);
        m.value[to] = q.scale[0] == 0 ? 0 : down.at(r, k) / q.scale[0];
        codes.code[to] = q.code_of(r, k);
      }
    }
  }
  const Approximation x = quantised(h, workloads::NumberFormat::int8, {1, 0});
  return multiplied(m, codes, x, {}, 0x1p-22);
}

/// By core of all cards: what it works on for a token with these experts; `turns`: the replicas that serve them.
std::vector<std::vector<ChosenPart>> chosen_parts(const Cards& cards, const std::vector<int>& experts, const int* turns) {
  std::vector<std::vector<ChosenPart>> all;
  for (const auto& card : cards)
    for (const auto& items : card.cores) {
      all.emplace_back();
      for (const auto& item : items)
        for (std::size_t c = 0; c < experts.size(); ++c)
          if (experts[c] == item.expert && turns[c] == item.replica)
            all.back().push_back({c, item.first, item.width});
    }
  return all;
}

} // namespace

Approximation expected_output(const MoeLayer& layer, const MoeWeights& weights, const HeldExperts& held,
                              const workloads::Matrix& hidden, const workloads::MoeResult& reference,
                              int token, const Cards& cards, const std::vector<int>& turns) {
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
  for (const auto& chosen : chosen_parts(cards, experts, &turns[static_cast<std::size_t>(token) * experts.size()]))
    if (!chosen.empty())
      parts.push_back(core_part(layer, weights, held, experts, activated, chosen));
  return widened(workloads::combined(parts, std::vector<double>(parts.size(), 1.0), {}), 0, 0x1p-20);
}

} // namespace moesaic::sim
