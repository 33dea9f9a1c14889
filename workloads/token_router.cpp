#include "workloads/token_router.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "workloads/float_bits.hpp"

namespace moesaic::workloads {

namespace {

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// Keeps the `count` largest scores it is shown in order of index: best first, ties to the lowest index.
class Largest {
 public:
  Largest(int count, std::int32_t* index, float* score) : count_(count), index_(index), score_(score) {}

  void scan(const float* score, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      if (seen_ < count_ || score[i] > score_[count_ - 1])
        insert(score[i], static_cast<std::int32_t>(i));
  }

 private:
  void insert(float score, std::int32_t index) {
    int at = seen_ < count_ ? seen_++ : count_ - 1;
    for (; at > 0 && score > score_[at - 1]; --at) {
      score_[at] = score_[at - 1];
      index_[at] = index_[at - 1];
    }
    score_[at] = score;
    index_[at] = index;
  }

  int count_, seen_ = 0;
  std::int32_t* index_;
  float* score_;
};

using Lanes = float __attribute__((vector_size(16)));

void add_to_top_2(Lanes& best, Lanes& second, Lanes x) {
  const Lanes lesser = x < best ? x : best;
  second = second < lesser ? lesser : second;
  best = best < x ? x : best;
}

/// Best plus second best: in four lanes first, then of the lanes.
float sum_of_top_2(const float* score, std::size_t size) {
  constexpr std::size_t lanes = sizeof(Lanes) / sizeof(float);
  Lanes best = Lanes{} + minus_infinity, second = best, x;
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    std::memcpy(&x, score + i, sizeof x);
    add_to_top_2(best, second, x);
  }
  x = Lanes{} + minus_infinity;
  for (std::size_t l = 0; i < size; ++i, ++l)
    x[l] = score[i];
  add_to_top_2(best, second, x);
  float first = minus_infinity, next = minus_infinity;
  for (std::size_t l = 0; l < lanes; ++l)
    for (const float v : {best[l], second[l]}) {
      next = std::max(next, std::min(first, v));
      first = std::max(first, v);
    }
  return first + next;
}

void softmax(float* score, std::size_t size) {
  const float largest = *std::max_element(score, score + size);
  for (std::size_t i = 0; i < size; ++i)
    score[i] = exp_fp32(score[i] - largest);
  const float sum = std::accumulate(score, score + size, 0.0f);
  for (std::size_t i = 0; i < size; ++i)
    score[i] /= sum;
}

} // namespace

TokenRouter::TokenRouter(const RouterRule& rule, int experts, const std::vector<float>& bias)
    : rule_(rule), experts_(static_cast<std::size_t>(experts)),
      width_(experts_ / static_cast<std::size_t>(rule.groups)), bias_(bias), score_(experts_),
      choice_(experts_), group_score_(static_cast<std::size_t>(rule.groups)),
      best_(static_cast<std::size_t>(std::max(rule.top_k, rule.groups))),
      group_(static_cast<std::size_t>(rule.groups)), group_kept_(static_cast<std::size_t>(rule.groups), 1) {}

void TokenRouter::route(const float* logits, std::int32_t* expert, float* weight) {
  score_experts(logits);
  if (rule_.groups > 1)
    choose_groups();
  select_experts(expert);
  weigh(expert, weight);
}

void TokenRouter::score_experts(const float* logits) {
  float* score = score_.data();
  std::copy(logits, logits + experts_, score);
  if (rule_.bf16_logits)
    for (std::size_t e = 0; e < experts_; ++e)
      score[e] = round_to_bf16(score[e]);
  if (rule_.score == Score::sigmoid)
    for (std::size_t e = 0; e < experts_; ++e)
      score[e] = sigmoid_fp32(score[e]);
  if (rule_.score == Score::softmax)
    softmax(score, experts_);
  std::copy(score, score + experts_, choice_.data());
  if (!bias_.empty())
    for (std::size_t e = 0; e < experts_; ++e)
      choice_[e] += bias_[e];
}

void TokenRouter::choose_groups() {
  for (std::size_t g = 0; g < group_score_.size(); ++g)
    group_score_[g] = score_group(&choice_[g * width_]);
  Largest(rule_.kept_groups, group_.data(), best_.data()).scan(group_score_.data(), 0, group_score_.size());
  std::fill(group_kept_.begin(), group_kept_.end(), 0);
  for (int i = 0; i < rule_.kept_groups; ++i)
    group_kept_[static_cast<std::size_t>(group_[static_cast<std::size_t>(i)])] = 1;
  if (rule_.group_mask == GroupMask::zero)
    for (std::size_t e = 0; e < experts_; ++e)
      if (!group_kept_[e / width_])
        choice_[e] = 0;
}

float TokenRouter::score_group(const float* choice) const {
  if (rule_.group_score == GroupScore::maximum)
    return *std::max_element(choice, choice + width_);
  return sum_of_top_2(choice, width_);
}

void TokenRouter::select_experts(std::int32_t* expert) {
  Largest largest(rule_.top_k, expert, best_.data());
  // A group masked by -inf cannot win against the finite scores of the kept ones: it is not looked at.
  for (std::size_t g = 0; g < group_kept_.size(); ++g)
    if (group_kept_[g] || rule_.group_mask == GroupMask::zero)
      largest.scan(choice_.data(), g * width_, (g + 1) * width_);
}

void TokenRouter::weigh(const std::int32_t* expert, float* weight) const {
  const auto top_k = static_cast<std::size_t>(rule_.top_k);
  // The bias of softmax_of_top_k belongs to the logits, not only to the selection.
  const auto& source = rule_.score == Score::softmax_of_top_k ? choice_ : score_;
  for (std::size_t j = 0; j < top_k; ++j)
    weight[j] = source[static_cast<std::size_t>(expert[j])];
  if (rule_.score == Score::softmax_of_top_k)
    softmax(weight, top_k);
  if (rule_.normalise) {
    const float sum = std::accumulate(weight, weight + top_k, 0.0f) + static_cast<float>(rule_.epsilon);
    for (std::size_t j = 0; j < top_k; ++j)
      weight[j] /= sum;
  }
  for (std::size_t j = 0; j < top_k; ++j)
    weight[j] *= static_cast<float>(rule_.scale);
}

} // namespace moesaic::workloads
