#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "workloads/random.hpp"
#include "workloads/routing.hpp"
#include "workloads/routing_margin.hpp"

using namespace moesaic::workloads;

namespace {

std::vector<float> random_logits(Random& random, int count) {
  std::vector<float> logits(static_cast<std::size_t>(count));
  for (float& l : logits)
    l = static_cast<float>(random.normal());
  return logits;
}

/// New places of 0, 1, ..., count - 1.
std::vector<int> permutation(int count, Random& random) {
  std::vector<int> to(static_cast<std::size_t>(count));
  std::iota(to.begin(), to.end(), 0);
  for (std::size_t i = to.size(); i > 1; --i)
    std::swap(to[i - 1], to[random.below(i)]);
  return to;
}

/// A rule that fits `experts` = groups * width experts.
RouterRule arbitrary_rule(int& experts) {
  RouterRule rule;
  rule.groups = *rc::gen::inRange(1, 6);
  const int width = *rc::gen::inRange(2, 12);
  experts = rule.groups * width;
  rule.kept_groups = *rc::gen::inRange(1, rule.groups + 1);
  rule.top_k = *rc::gen::inRange(1, std::min(9, rule.kept_groups * width + 1));
  rule.group_score = *rc::gen::element(GroupScore::maximum, GroupScore::sum_of_top_2);
  rule.score = rule.groups > 1 ? *rc::gen::element(Score::sigmoid, Score::softmax)
                               : *rc::gen::element(Score::sigmoid, Score::softmax, Score::softmax_of_top_k);
  rule.normalise = *rc::gen::arbitrary<bool>();
  rule.scale = *rc::gen::element(1.0, 2.5, 16.0);
  return rule;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("choices are distinct, within the group limit, and weights obey the rule") {
    CHECK(rc::check([] {
      int experts = 0;
      RouterRule rule = arbitrary_rule(experts);
      Random random(*rc::gen::arbitrary<std::uint64_t>());
      rule.bias = rule.score != Score::softmax && *rc::gen::arbitrary<bool>();
      const std::vector<float> bias = rule.bias ? random_logits(random, experts) : std::vector<float>();
      const Routing r = route(rule, experts, 3, random_logits(random, 3 * experts), bias);
      for (int t = 0; t < 3; ++t) {
        std::set<int> chosen, groups;
        double sum = 0;
        for (int j = 0; j < rule.top_k; ++j) {
          chosen.insert(r.expert_of(t, j));
          groups.insert(r.expert_of(t, j) / (experts / rule.groups));
          sum += r.weight_of(t, j);
        }
        RC_ASSERT(static_cast<int>(chosen.size()) == rule.top_k);
        RC_ASSERT(static_cast<int>(groups.size()) <= rule.kept_groups);
        if (rule.normalise || rule.score == Score::softmax_of_top_k)
          RC_ASSERT(std::abs(sum / rule.scale - 1) < 1e-5);
        else
          RC_ASSERT(sum < rule.scale * (rule.score == Score::softmax ? 1.00001 : rule.top_k));
      }
    }));
  }

  TEST_CASE("permuting groups, and experts within them, permutes the answer") {
    CHECK(rc::check([] {
      int experts = 0;
      RouterRule rule = arbitrary_rule(experts);
      Random random(*rc::gen::arbitrary<std::uint64_t>());
      const auto logits = random_logits(random, experts);
      std::vector<float> bias;
      if (rule.score != Score::softmax && *rc::gen::arbitrary<bool>()) {
        rule.bias = true;
        bias = random_logits(random, experts);
      }
      const int width = experts / rule.groups;
      const std::vector<int> group_to = permutation(rule.groups, random);
      std::vector<int> to(logits.size()); // new place of expert e
      for (int g = 0; g < rule.groups; ++g) {
        const std::vector<int> within = permutation(width, random);
        for (int i = 0; i < width; ++i)
          to[static_cast<std::size_t>(g * width + i)] =
              group_to[static_cast<std::size_t>(g)] * width + within[static_cast<std::size_t>(i)];
      }
      const auto moved = [&](const std::vector<float>& values) {
        std::vector<float> result(values.size());
        for (std::size_t e = 0; e < values.size(); ++e)
          result[static_cast<std::size_t>(to[e])] = values[e];
        return result;
      };
      const Routing a = route(rule, experts, 1, logits, bias), b = route(rule, experts, 1, moved(logits), moved(bias));
      // A softmax sums in the order of the experts: what its rounding could decide is no case.
      RC_PRE(choice_margin(rule, experts, logits.data(), bias) > 1e-5);
      std::map<int, float> expected, found; // expert -> weight
      for (int j = 0; j < rule.top_k; ++j) {
        expected[to[static_cast<std::size_t>(a.expert_of(0, j))]] = a.weight_of(0, j);
        found[b.expert_of(0, j)] = b.weight_of(0, j);
      }
      RC_ASSERT(found.size() == expected.size());
      for (const auto& [expert, weight] : expected)
        RC_ASSERT(found.count(expert) == 1 && std::abs(found[expert] - weight) < 1e-5 * rule.scale);
    }));
  }

  TEST_CASE("a capacity is met to the token, and only what exceeds it is dropped") {
    CHECK(rc::check([] {
      RouterRule rule;
      rule.top_k = *rc::gen::inRange(1, 4);
      const int experts = 8, tokens = *rc::gen::inRange(1, 60);
      Random random(*rc::gen::arbitrary<std::uint64_t>());
      const auto logits = random_logits(random, experts * tokens);
      const auto wanted = route(rule, experts, tokens, logits, {}).load();
      rule.capacity_factor = *rc::gen::element(0.25, 1.0, 1.25, 2.0);
      const auto served = route(rule, experts, tokens, logits, {}).load();
      const int capacity = expert_capacity(rule, experts, tokens);
      for (std::size_t e = 0; e < wanted.size(); ++e)
        RC_ASSERT(served[e] == std::min(wanted[e], capacity));
    }));
  }
}
