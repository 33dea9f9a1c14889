#include "workloads/routing_margin.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "workloads/float_bits.hpp"

namespace moesaic::workloads {

namespace {

/// Half the gap between the last one in and the first one out: both may err towards each other.
double half_gap(std::vector<double> score, std::size_t kept) {
  if (kept >= score.size())
    return std::numeric_limits<double>::infinity();
  std::nth_element(score.begin(), score.begin() + static_cast<std::ptrdiff_t>(kept), score.end(),
                   std::greater<>());
  const double last_in = *std::min_element(score.begin(), score.begin() + static_cast<std::ptrdiff_t>(kept));
  return (last_in - score[kept]) / 2;
}

} // namespace

double choice_margin(const RouterRule& rule, int experts, const float* logits,
                     const std::vector<float>& bias) {
  check_rule(rule, experts);
  std::vector<double> score;
  for (int e = 0; e < experts; ++e) {
    const double b = bias.empty() ? 0 : bias[static_cast<std::size_t>(e)];
    score.push_back((rule.score == Score::sigmoid ? sigmoid_fp32(logits[e]) : logits[e]) + b);
  }
  const auto top_k = static_cast<std::size_t>(rule.top_k);
  if (rule.groups == 1)
    return half_gap(score, top_k);
  const std::size_t width = score.size() / static_cast<std::size_t>(rule.groups);
  const std::size_t summed = rule.group_score == GroupScore::sum_of_top_2 ? 2 : 1;
  std::vector<double> group;
  for (std::size_t first = 0; first < score.size(); first += width) {
    std::vector<double> members(score.begin() + static_cast<std::ptrdiff_t>(first),
                                score.begin() + static_cast<std::ptrdiff_t>(first + width));
    std::sort(members.rbegin(), members.rend());
    group.push_back(members[0] + (summed == 2 ? members[1] : 0));
  }
  const auto kept_groups = static_cast<std::size_t>(rule.kept_groups);
  const double margin = half_gap(group, kept_groups) / static_cast<double>(summed);
  std::vector<double> ranked = group, kept;
  std::sort(ranked.rbegin(), ranked.rend());
  for (std::size_t g = 0; g < group.size(); ++g)
    if (group[g] >= ranked[kept_groups - 1])
      kept.insert(kept.end(), score.begin() + static_cast<std::ptrdiff_t>(g * width),
                  score.begin() + static_cast<std::ptrdiff_t>((g + 1) * width));
  return std::min(margin, half_gap(kept, top_k));
}

} // namespace moesaic::workloads
