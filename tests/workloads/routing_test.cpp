#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"
#include "workloads/routing.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

std::vector<float> vector_logits() {
  std::vector<float> logits;
  for (int i = 0; i < 16; ++i)
    logits.push_back(static_cast<float>((7 * i + 3) % 16 - 8) / 4);
  return logits;
}

RouterRule v3_rule() {
  RouterRule rule;
  rule.score = Score::sigmoid;
  rule.bias = true;
  rule.top_k = 4;
  rule.groups = 4;
  rule.kept_groups = 2;
  rule.group_score = GroupScore::sum_of_top_2;
  rule.normalise = true;
  rule.scale = 2.5;
  return rule;
}

RouterRule v2_rule() {
  RouterRule rule = v3_rule();
  rule.score = Score::softmax;
  rule.bias = rule.normalise = false;
  rule.group_score = GroupScore::maximum;
  rule.scale = 1;
  return rule;
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("DeepSeek-V3's router on the published vector") {
    std::vector<float> bias;
    for (int i = 0; i < 16; ++i)
      bias.push_back(static_cast<float>(5 * i % 7 - 3) / 20);
    const Routing r = route(v3_rule(), 16, 1, vector_logits(), bias);
    CHECK(r.expert == std::vector<std::int32_t>{4, 15, 13, 6});
    const float expected[] = {0.67022f, 0.575114f, 0.643175f, 0.611491f};
    for (int j = 0; j < 4; ++j)
      CHECK(r.weight_of(0, j) == doctest::Approx(expected[j]).epsilon(2e-6));
  }

  TEST_CASE("DeepSeek-V2's router on the published vector") {
    const Routing r = route(v2_rule(), 16, 1, vector_logits(), {});
    CHECK(r.expert == std::vector<std::int32_t>{4, 13, 6, 15});
    const float expected[] = {.225326f, .175484f, .136667f, .106437f};
    for (int j = 0; j < 4; ++j)
      CHECK(r.weight_of(0, j) == doctest::Approx(expected[j]).epsilon(4e-6));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("fp32 exp agrees with double within 2 units in the last place") {
    for (int i = -8700; i <= 8800; ++i) {
      const float x = static_cast<float>(i) / 100;
      CHECK(std::abs(exp_fp32(x) / std::exp(static_cast<double>(x)) - 1) < 2.4e-7);
    }
  }

  TEST_CASE("ties go to the lowest index") {
    RouterRule rule;
    rule.top_k = 3;
    CHECK(route(rule, 6, 1, {1, 2, 1, 2, 1, 1}, {}).expert == std::vector<std::int32_t>{1, 3, 0});
  }

  TEST_CASE(
      "a mask of zero lets a dropped group's expert through where the kept ones are biased below zero") {
    RouterRule rule = v3_rule();
    rule.top_k = 2;
    rule.kept_groups = 1;
    rule.groups = 2;
    const std::vector<float> logits{5, 0, 0, 0, 0, 0}, bias{0, -1, -1, -1, -1, -1};
    CHECK(route(rule, 6, 1, logits, bias).expert == std::vector<std::int32_t>{0, 1});
    rule.group_mask = GroupMask::zero;
    CHECK(route(rule, 6, 1, logits, bias).expert == std::vector<std::int32_t>{0, 3});
  }

  TEST_CASE("bf16 logits merge what fp32 tells apart") {
    RouterRule rule;
    const std::vector<float> logits{1.0f, 1.001f};
    CHECK(route(rule, 2, 1, logits, {}).expert[0] == 1);
    rule.bf16_logits = true;
    CHECK(route(rule, 2, 1, logits, {}).expert[0] == 0);
  }

  TEST_CASE("epsilon enters the denominator") {
    RouterRule rule = v3_rule();
    rule.scale = rule.epsilon = 1;
    const Routing with = route(rule, 16, 1, vector_logits(), {});
    rule.epsilon = 0;
    rule.normalise = false;
    const Routing raw = route(rule, 16, 1, vector_logits(), {});
    const float sum = std::accumulate(raw.weight.begin(), raw.weight.end(), 0.0f);
    CHECK(with.weight[0] == doctest::Approx(raw.weight[0] / (sum + 1)));
  }

  TEST_CASE("gpt-oss weighs by a softmax over the chosen alone") {
    RouterRule rule;
    rule.score = Score::softmax_of_top_k;
    rule.top_k = 2;
    const Routing r = route(rule, 4, 1, {0, 3, 1, 2}, {0, 0, 2, 0});
    CHECK(r.expert == std::vector<std::int32_t>{1, 2});
    CHECK(r.weight[0] == doctest::Approx(0.5));
    CHECK(r.weight[1] == doctest::Approx(0.5));
  }

  TEST_CASE("Switch drops what exceeds the capacity, later tokens first") {
    RouterRule rule;
    rule.capacity_factor = 1.25; // ceil(1.25 * 4 / 4) = 2
    const Routing r = route(rule, 4, 4, {9, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0}, {});
    CHECK(r.expert == std::vector<std::int32_t>{0, 0, -1, 1});
    CHECK(r.weight[2] == 0);
    CHECK(r.load() == std::vector<int>{2, 1, 0, 0});
  }

  TEST_CASE("wrong sizes and numbers that are not finite are refused") {
    RouterRule rule;
    CHECK_THROWS_WITH_AS(route(rule, 4, 2, {1, 2, 3}, {}), "3 logits for 2 tokens of 4 experts", InputError);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS(route(rule, 2, 2, {1, 2, nan, 3}, {}),
                         "logits: token 1, expert 0: not a finite number", InputError);
    rule.top_k = 5;
    CHECK_THROWS_AS(route(rule, 4, 1, {1, 2, 3, 4}, {}), InputError);
  }
}
