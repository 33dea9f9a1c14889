#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <algorithm>

#include "workloads/random.hpp"
#include "workloads/routing.hpp"
#include "workloads/routing_margin.hpp"

using namespace moesaic::workloads;

TEST_SUITE("unit") {
  TEST_CASE("the margin is half the gap, and a tie has none") {
    RouterRule rule;
    rule.top_k = 2;
    const float logits[] = {4, 1, 3, 2}, tied[] = {4, 3, 3, 2};
    CHECK(choice_margin(rule, 4, logits, {}) == 0.5);
    CHECK(choice_margin(rule, 4, tied, {}) == 0);
  }
}

TEST_SUITE("property") {
  TEST_CASE("errors below the margin never change the chosen set") {
    const RouterRule rule = load_moe_layer("reduced-moe").router;
    CHECK(rc::check([&] {
      Random random(*rc::gen::arbitrary<std::uint64_t>());
      std::vector<float> logits(16), bias(16);
      for (float& l : logits)
        l = static_cast<float>(random.normal());
      for (float& b : bias)
        b = static_cast<float>(0.05 * random.normal());
      const double margin = choice_margin(rule, 16, logits.data(), bias);
      auto before = route(rule, 16, 1, logits, bias).expert;
      for (float& b : bias)
        b += static_cast<float>(0.9 * margin * (random.happens(0.5) ? 1 : -1)); // the rest is for fp32's roundings
      auto after = route(rule, 16, 1, logits, bias).expert;
      std::sort(before.begin(), before.end());
      std::sort(after.begin(), after.end());
      RC_ASSERT(margin < 1e-5 || before == after);
    }));
  }
}
