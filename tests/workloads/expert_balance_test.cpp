#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

#include "description/error.hpp"
#include "workloads/expert_balance.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

TEST_SUITE("golden") {
  TEST_CASE("the example that DeepSeek publishes with its load balancer") {
    const std::vector<std::vector<double>> load{{90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86},
                                                {20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27}};
    const std::vector<std::vector<int>> experts{{5, 6, 5, 7, 8, 4, 3, 4, 10, 9, 10, 2, 0, 1, 11, 1},
                                                {7, 10, 6, 8, 6, 11, 8, 9, 2, 4, 5, 1, 5, 0, 3, 1}};
    const std::vector<std::vector<int>> counts{{1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 2, 1},
                                               {1, 2, 1, 1, 1, 2, 2, 1, 2, 1, 1, 1}};
    for (std::size_t layer = 0; layer < 2; ++layer) {
      const ExpertPlacement placement = balance_experts(load[layer], 16, 4, 2, 8);
      CHECK(placement.expert_of == experts[layer]);
      CHECK(placement.replica_count == counts[layer]);
    }
  }

  // Expectations: DeepSeek's published program (its README gives no example of the global policy), run on the same
  // loads. Groups that do not divide among the nodes make it global.
  TEST_CASE("the global policy of DeepSeek's load balancer") {
    std::vector<double> first{90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86},
        second{20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27};
    const auto check = [](const ExpertPlacement& placement, const std::vector<int>& experts,
                          const std::vector<int>& counts) {
      CHECK(placement.expert_of == experts);
      CHECK(placement.replica_count == counts);
    };
    check(balance_experts(first, 16, 3, 2, 8), {10, 6, 10, 7, 0, 2, 11, 4, 5, 9, 5, 4, 8, 3, 1, 1},
          {1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 2, 1});
    check(balance_experts(second, 16, 3, 2, 8), {1, 10, 2, 4, 5, 11, 5, 0, 6, 7, 6, 3, 8, 8, 9, 7},
          {1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1});
    // Without ties among the replicas' shares, whose order that program leaves to its sort.
    first[10] = 185;
    second[8] = 173;
    check(balance_experts(first, 18, 4, 3, 9), {11, 7, 5, 2, 5, 6, 8, 0, 1, 4, 1, 0, 10, 3, 10, 9, 10, 4},
          {2, 2, 1, 1, 2, 2, 1, 1, 1, 1, 3, 1});
    check(balance_experts(second, 18, 4, 3, 9), {5, 4, 5, 10, 6, 11, 6, 0, 8, 2, 8, 2, 9, 1, 7, 3, 7, 1},
          {1, 2, 2, 1, 1, 2, 2, 2, 2, 1, 1, 1});
  }
}

TEST_SUITE("unit") {
  TEST_CASE("an even load needs no balance, a skewed one gains from it") {
    const auto even =
        balance_experts(std::vector<double>(8, 3), 8, 1, 1, 4).device_load(std::vector<double>(8, 3));
    CHECK(even == std::vector<double>(4, 6));
    const std::vector<double> load{100, 90, 1, 1, 1, 1, 1, 5};
    const auto most = [&](const ExpertPlacement& p) {
      const auto sum = p.device_load(load);
      return *std::max_element(sum.begin(), sum.end());
    };
    CHECK(most(contiguous_placement(8, 4)) == 190);
    // Three replicas of 100 / 3 and three of 90 / 3; the fifth heavy one joins the 30, the sixth a 33.3, then
    // a 1.
    CHECK(most(balance_experts(load, 12, 1, 1, 4)) == doctest::Approx(100.0 / 3 + 30 + 1));
  }

  TEST_CASE("what does not divide is refused") {
    CHECK_THROWS_WITH_AS(balance_experts({1, 2, 3}, 2, 1, 1, 1),
                         "expert balance: 2 replicas cannot hold 3 experts", InputError);
    CHECK_THROWS_AS(balance_experts({1, 2, 3}, 4, 2, 1, 1), InputError);
    CHECK_THROWS_AS(balance_experts({1, 2, 3}, 4, 1, 1, 3), InputError);
    CHECK_THROWS_AS(balance_experts({1, 2, 3}, 4, 1, 3, 4), InputError);
    CHECK_THROWS_AS(balance_experts({1, -2, 3}, 4, 1, 1, 4), InputError);
    CHECK_THROWS_AS(balance_experts({}, 4, 1, 1, 4), InputError);
    CHECK_THROWS_AS(contiguous_placement(7, 2), InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE("every expert has its replicas, groups stay on their node, and the load is all there") {
    CHECK(rc::check([] {
      const int nodes = *rc::gen::inRange(1, 4), groups = nodes * *rc::gen::inRange(1, 4);
      const int experts = groups * *rc::gen::inRange(1, 5), per_node = *rc::gen::inRange(1, 4);
      const int devices = nodes * per_node;
      int replicas = experts + *rc::gen::inRange(0, 20);
      replicas += (devices - replicas % devices) % devices;
      const auto load = *rc::gen::container<std::vector<double>>(
          static_cast<std::size_t>(experts),
          rc::gen::map(rc::gen::inRange(0, 500), [](int i) { return double(i); }));
      const ExpertPlacement p = balance_experts(load, replicas, groups, nodes, devices);
      RC_ASSERT(static_cast<int>(p.expert_of.size()) == replicas);
      std::vector<int> seen(load.size()), node_of(static_cast<std::size_t>(groups), -1);
      for (int r = 0; r < replicas; ++r) {
        const int e = p.expert_of[static_cast<std::size_t>(r)];
        ++seen[static_cast<std::size_t>(e)];
        int& node = node_of[static_cast<std::size_t>(e / (experts / groups))];
        RC_ASSERT(node == -1 || node == p.device_of(r) / per_node);
        node = p.device_of(r) / per_node;
      }
      RC_ASSERT(seen == p.replica_count);
      const auto sum = p.device_load(load);
      RC_ASSERT(std::abs(std::accumulate(sum.begin(), sum.end(), 0.0) -
                         std::accumulate(load.begin(), load.end(), 0.0)) < 1e-6);
    }));
  }
}
