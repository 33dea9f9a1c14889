#include "workloads/routing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"

namespace moesaic::workloads {

namespace {

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// Indices of the `count` largest of score[0 .. size), best first, ties to the lowest index.
void select_largest(const float* score, int size, int count, std::int32_t* chosen, float* kept) {
  std::fill(kept, kept + count, minus_infinity);
  int filled = 0;
  for (int i = 0; i < size; ++i) {
    if (filled == count && !(score[i] > kept[count - 1]))
      continue;
    int at = filled < count ? filled++ : count - 1;
    for (; at > 0 && score[i] > kept[at - 1]; --at) {
      kept[at] = kept[at - 1];
      chosen[at] = chosen[at - 1];
    }
    kept[at] = score[i];
    chosen[at] = i;
  }
}

/// One router with its scratch space; route_token is the hot path and allocates nothing.
class Router {
 public:
  Router(const RouterRule& rule, int experts, const std::vector<float>& bias)
      : rule_(rule), experts_(experts), bias_(bias), score_(static_cast<std::size_t>(experts)),
        choice_(static_cast<std::size_t>(experts)), group_score_(static_cast<std::size_t>(rule.groups)),
        kept_(static_cast<std::size_t>(std::max(rule.top_k, rule.groups))),
        group_(static_cast<std::size_t>(rule.groups)) {}

  void route_token(const float* logits, std::int32_t* expert, float* weight) {
    score_experts(logits);
    if (rule_.groups > 1)
      mask_groups();
    select_largest(choice_.data(), experts_, rule_.top_k, expert, kept_.data());
    weigh(expert, weight);
  }

 private:
  void score_experts(const float* logits) {
    float* score = score_.data();
    const auto n = static_cast<std::size_t>(experts_);
    for (std::size_t e = 0; e < n; ++e)
      score[e] = logits[e];
    if (rule_.bf16_logits)
      for (std::size_t e = 0; e < n; ++e)
        score[e] = round_to_bf16(score[e]);
    if (rule_.score == Score::sigmoid)
      for (std::size_t e = 0; e < n; ++e)
        score[e] = sigmoid_fp32(score[e]);
    if (rule_.score == Score::softmax)
      softmax(score, experts_);
    for (std::size_t e = 0; e < n; ++e)
      choice_[e] = score[e];
    if (!bias_.empty())
      for (std::size_t e = 0; e < n; ++e)
        choice_[e] += bias_[e];
  }

  static void softmax(float* score, int size) {
    const float largest = *std::max_element(score, score + size);
    for (int i = 0; i < size; ++i)
      score[i] = exp_fp32(score[i] - largest);
    const float sum = std::accumulate(score, score + size, 0.0f);
    for (int i = 0; i < size; ++i)
      score[i] /= sum;
  }

  void mask_groups() {
    const int width = experts_ / rule_.groups;
    for (int g = 0; g < rule_.groups; ++g)
      group_score_[static_cast<std::size_t>(g)] = score_group(g * width, width);
    select_largest(group_score_.data(), rule_.groups, rule_.kept_groups, group_.data(), kept_.data());
    const float dropped = rule_.group_mask == GroupMask::zero ? 0.0f : minus_infinity;
    for (int g = 0; g < rule_.groups; ++g) {
      if (std::find(group_.begin(), group_.begin() + rule_.kept_groups, g) !=
          group_.begin() + rule_.kept_groups)
        continue;
      std::fill_n(choice_.begin() + g * width, width, dropped);
    }
  }

  float score_group(int first, int width) const {
    const float* choice = choice_.data() + first;
    if (rule_.group_score == GroupScore::maximum)
      return *std::max_element(choice, choice + width);
    float best = minus_infinity, second = minus_infinity;
    for (int i = 0; i < width; ++i) {
      second = std::max(second, std::min(best, choice[i]));
      best = std::max(best, choice[i]);
    }
    return best + second;
  }

  void weigh(const std::int32_t* expert, float* weight) const {
    for (int j = 0; j < rule_.top_k; ++j)
      weight[j] = score_[static_cast<std::size_t>(expert[j])];
    if (rule_.score == Score::softmax_of_top_k) {
      // The bias belongs to the logits here, not only to the selection.
      for (int j = 0; j < rule_.top_k; ++j)
        weight[j] = choice_[static_cast<std::size_t>(expert[j])];
      softmax(weight, rule_.top_k);
    }
    if (rule_.normalise) {
      float sum = 0;
      for (int j = 0; j < rule_.top_k; ++j)
        sum += weight[j];
      sum += static_cast<float>(rule_.epsilon);
      for (int j = 0; j < rule_.top_k; ++j)
        weight[j] /= sum;
    }
    for (int j = 0; j < rule_.top_k; ++j)
      weight[j] *= static_cast<float>(rule_.scale);
  }

  const RouterRule& rule_;
  int experts_;
  const std::vector<float>& bias_;
  std::vector<float> score_, choice_, group_score_, kept_;
  std::vector<std::int32_t> group_;
};

void check_finite(const std::vector<float>& values, int experts, const char* what) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw InputError(fmt::format("{}: token {}, expert {}: not a finite number", what,
                                   i / static_cast<std::size_t>(experts),
                                   i % static_cast<std::size_t>(experts)));
}

} // namespace

std::vector<int> Routing::load() const {
  std::vector<int> load(static_cast<std::size_t>(experts));
  for (const auto e : expert)
    if (e >= 0)
      ++load[static_cast<std::size_t>(e)];
  return load;
}

int expert_capacity(const RouterRule& rule, int experts, int tokens) {
  return static_cast<int>(std::ceil(rule.capacity_factor * tokens * rule.top_k / experts));
}

void drop_over_capacity(const RouterRule& rule, Routing& routing) {
  if (rule.capacity_factor == 0)
    return;
  const int capacity = expert_capacity(rule, routing.experts, routing.tokens);
  std::vector<int> taken(static_cast<std::size_t>(routing.experts));
  for (int j = 0; j < routing.top_k; ++j)
    for (int t = 0; t < routing.tokens; ++t) {
      const auto at =
          static_cast<std::size_t>(t) * static_cast<std::size_t>(routing.top_k) + static_cast<std::size_t>(j);
      if (++taken[static_cast<std::size_t>(routing.expert[at])] <= capacity)
        continue;
      routing.expert[at] = -1;
      routing.weight[at] = 0;
    }
}

Routing route(const RouterRule& rule, int experts, int tokens, const std::vector<float>& logits,
              const std::vector<float>& bias) {
  check_rule(rule, experts);
  const auto count = static_cast<std::size_t>(experts);
  if (logits.size() != static_cast<std::size_t>(tokens) * count)
    throw InputError(fmt::format("{} logits for {} tokens of {} experts", logits.size(), tokens, experts));
  if (!bias.empty() && bias.size() != count)
    throw InputError(fmt::format("{} bias values for {} experts", bias.size(), experts));
  check_finite(logits, experts, "logits");
  check_finite(bias, experts, "bias");
  Routing routing{tokens, rule.top_k, experts, {}, {}};
  const auto top_k = static_cast<std::size_t>(rule.top_k);
  routing.expert.resize(static_cast<std::size_t>(tokens) * top_k);
  routing.weight.resize(routing.expert.size());
  Router router(rule, experts, bias);
  for (std::size_t t = 0; t < static_cast<std::size_t>(tokens); ++t)
    router.route_token(&logits[t * count], &routing.expert[t * top_k], &routing.weight[t * top_k]);
  drop_over_capacity(rule, routing);
  return routing;
}

} // namespace moesaic::workloads
