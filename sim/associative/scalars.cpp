// The scalar work of the control processors in an MoE layer's associative program.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/associative/memory.hpp"

namespace moesaic::sim {

namespace {

constexpr double lowest_score = -1, score_range = 4; // what the 32-bit keys hold

std::int64_t signed32(const std::vector<std::uint16_t>& low, const std::vector<std::uint16_t>& high,
                      int column) {
  const auto c = static_cast<std::size_t>(column);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(high[c]) << 16 | low[c]);
}

} // namespace

void LayerMemory::scalar(int core, const mappings::associative::Step& step) {
  Part& part = parts_[static_cast<std::size_t>(core)];
  if (router_only_ && stage_ != Stage::router)
    return;
  if (step.name == "add the cores' parts") {
    if (core == 0)
      router_scores(part);
  } else if (step.name == "order the groups") {
    std::vector<int> order(part.group_score.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return part.group_score[static_cast<std::size_t>(a)] > part.group_score[static_cast<std::size_t>(b)];
    });
    order.resize(static_cast<std::size_t>(layer_.router.kept_groups));
    part.kept_groups = order;
  } else if (step.name == "weights of the chosen") {
    finish_routing(core, part);
  } else if (step.name == "scale, sigmoid by table, product") {
    activate(core, part);
  } else if (step.name == "weight and quantise") {
    quantise_activated(part);
  } else if (step.name == "scale and add the cores' parts") {
    collect_output(part);
  }
}

/// Logits from the sums of all cores, scores, and keys: the score with the expert's complement below, so that
/// equal scores go to the lowest index.
void LayerMemory::router_scores(Part& part) {
  const auto token = static_cast<std::size_t>(part.token);
  const std::int64_t o = 32768, inputs = layer_.hidden;
  const std::int64_t sum_x =
      std::accumulate(hidden16_[token].begin(), hidden16_[token].end(), std::int64_t{0});
  std::vector<double> logit(static_cast<std::size_t>(layer_.routed));
  for (int e = 0; e < layer_.routed; ++e) {
    const auto at = static_cast<std::size_t>(e);
    std::int64_t sum = 0;
    for (const auto& p : parts_)
      for (std::size_t w = 0; w < 3; ++w)
        sum += std::int64_t{p.words[w][static_cast<std::size_t>(layout_.router.column(e, 0))]} << (16 * w);
    const std::int64_t sum_w = std::accumulate(router16_[at].begin(), router16_[at].end(), std::int64_t{0});
    const std::int64_t product = sum - o * sum_x - o * sum_w + inputs * o * o;
    logit[at] = double(product) * router16_scale_[at] * hidden16_scale_[token];
  }
  const bool softmax = layer_.router.score == workloads::Score::softmax;
  const double largest = *std::max_element(logit.begin(), logit.end());
  double total = 0;
  for (const double l : logit)
    total += std::exp(l - largest);
  score_.assign(logit.size(), 0);
  keys_.assign(logit.size(), 0);
  for (int e = 0; e < layer_.routed; ++e) {
    const auto at = static_cast<std::size_t>(e);
    // Softmax orders as its numerators do, which reach up to 1 and so are told apart best.
    const double numerator = std::exp(logit[at] - largest);
    score_[at] = static_cast<float>(softmax ? numerator / total : 1 / (1 + std::exp(-logit[at])));
    const double bias = weights_.router_bias.empty() ? 0.0 : double{weights_.router_bias[at]};
    const double key = ((softmax ? numerator : double{score_[at]}) + bias - lowest_score) / score_range;
    if (!(key >= 0 && key < 1))
      throw InputError(
          fmt::format("{}: a score of {} is beyond the router's keys", d_.name, score_[at] + bias));
    const auto high = static_cast<std::uint32_t>(std::ldexp(key, 32 - key_bits_));
    keys_[at] = high << key_bits_ | static_cast<std::uint32_t>((1 << key_bits_) - 1 - e);
  }
}

void LayerMemory::finish_routing(int core, Part& part) {
  if (core != 0)
    return;
  const auto& rule = layer_.router;
  double sum = 0;
  for (const int e : part.chosen)
    sum += double{score_[static_cast<std::size_t>(e)]};
  for (int c = 0; c < rule.top_k; ++c) {
    const int e = part.chosen[static_cast<std::size_t>(c)];
    double weight = score_[static_cast<std::size_t>(e)];
    if (rule.normalise)
      weight /= sum + rule.epsilon;
    const auto at = static_cast<std::size_t>(part.token * rule.top_k + c);
    routing_.expert[at] = e;
    routing_.weight[at] = static_cast<float>(weight * rule.scale);
  }
}

/// One token of the pass: gate and up from their integer sums, silu(gate) * up, times the expert's weight and
/// the scale of its down matrix.
void LayerMemory::activate(int core, Part& part) {
  const int token = part.tokens[static_cast<std::size_t>(part.collected++)];
  const Item& item = item_of(core, part);
  const auto e = static_cast<std::size_t>(item.expert);
  const int f = layout_.ffn_part, choice = choice_of(token, item.expert);
  const double x_scale = hidden_codes_.scale[hidden_codes_.block_of(token, 0)];
  const double weight =
      (choice < routing_.top_k ? double{routing_.weight_of(token, choice)} : 1.0) * held_.down[e].scale[0];
  std::vector<double> activated;
  for (int k = 0; k < item.width; ++k) {
    const int row = item.first + k;
    const auto value = [&](int output, const workloads::Quantised& q) {
      return double(signed32(part.words[0], part.words[1], layout_.gate_up.column(output, 0))) *
             q.scale[q.block_of(row, 0)] * x_scale;
    };
    const double gate = value(k, held_.gate[e]), up = value(f + k, held_.up[e]);
    activated.push_back(gate * table_sigmoid(gate) * up * weight);
  }
  part.activated[static_cast<std::size_t>(token)][part.item] = std::move(activated);
  part.words.clear();
}

/// All items of a token share one scale, so that their products add up in the same accumulators.
void LayerMemory::quantise_activated(Part& part) {
  if (!part.code.empty())
    return;
  for (const auto& items : part.activated) {
    workloads::Matrix row(1, 0);
    for (const auto& item : items)
      for (const double v : item)
        row.value.push_back(static_cast<float>(v));
    row.cols = static_cast<int>(row.value.size());
    const auto q = row.cols > 0 ? quantise(row, workloads::NumberFormat::int8, {1, 0}) : workloads::Quantised{};
    part.code_scale.push_back(q.scale.empty() ? 0.0 : double{q.scale[0]});
    part.code.emplace_back();
    std::size_t at = 0;
    for (const auto& item : items) {
      part.code.back().emplace_back();
      for (std::size_t k = 0; k < item.size(); ++k)
        part.code.back().back().push_back(static_cast<int>(q.code[at++]));
    }
  }
}

void LayerMemory::collect_output(Part& part) {
  quantise_activated(part); // a core without work for these tokens has not done it
  const auto token = static_cast<std::size_t>(part.collected++);
  for (int r = 0; r < layer_.hidden; ++r)
    part.output[token].push_back(
        double(signed32(part.words[2 * token], part.words[2 * token + 1], layout_.down.column(r, 0))) *
        part.code_scale[token]);
}

std::vector<std::vector<double>> LayerMemory::output() const {
  std::vector<std::vector<double>> sum(static_cast<std::size_t>(hidden_.rows),
                                       std::vector<double>(static_cast<std::size_t>(layer_.hidden), 0.0));
  for (const auto& part : parts_)
    for (std::size_t t = 0; t < sum.size(); ++t)
      for (std::size_t r = 0; r < sum[t].size(); ++r)
        sum[t][r] += part.output[t][r];
  return sum;
}

} // namespace moesaic::sim
