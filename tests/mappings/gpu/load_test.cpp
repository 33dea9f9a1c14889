#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

#include "description/error.hpp"
#include "mappings/gpu/load.hpp"

using namespace moesaic;
using mappings::gpu::group_loads;
using mappings::gpu::slowest_rank;

TEST_SUITE("unit") {
  TEST_CASE("the rank with the most rows counts, its experts rounded up to 16") {
    const std::vector<int> rows = {1, 0, 17, 3, 0, 16, 5, 0};
    const auto whole = slowest_rank(rows, 1, 21, 2);
    CHECK(whole.rows == 42);
    CHECK(whole.touched == 5);
    CHECK(whole.experts == 8);
    CHECK(whole.padded == 16 + 32 + 16 + 16 + 16);
    const auto worst = slowest_rank(rows, 4, 21, 2); // {1 0} {17 3} {0 16} {5 0}
    CHECK(worst.rows == 20);
    CHECK(worst.touched == 2);
    CHECK(worst.padded == 48);
    CHECK(worst.slots == 42);
  }

  TEST_CASE("a group's ranks hold the experts in order and route what divides of the tokens") {
    const std::vector<int> rows = {1, 0, 17, 3, 0, 16, 5, 0};
    const auto loads = group_loads(rows, {4, 0}, 21, 2); // {1 0} {17 3} {0 16} {5 0}
    REQUIRE(loads.size() == 4);
    const double expected_rows[] = {1, 20, 16, 5}, own[] = {6, 5, 5, 5}, touched[] = {1, 2, 1, 1};
    for (std::size_t r = 0; r < 4; ++r) {
      CHECK(loads[r].rows == expected_rows[r]);
      CHECK(loads[r].own == own[r]);
      CHECK(loads[r].touched == touched[r]);
      CHECK(loads[r].slots == 42);
    }
  }

  TEST_CASE("redundant experts even out the loads") {
    const auto loads = group_loads({30, 10}, {2, 2}, 20, 2); // three replicas of ten rows and one
    for (const auto& load : loads) {
      CHECK(load.rows == 20);
      CHECK(load.experts == 2);
      CHECK(load.padded == 32);
    }
    CHECK_THROWS_WITH_AS(group_loads({1, 2, 3}, {2, 2}, 3, 2), doctest::Contains("3 experts and 2 redundant"),
                         InputError);
  }

  TEST_CASE("experts that do not divide over the ranks are refused") {
    CHECK_THROWS_AS(slowest_rank({1, 2, 3}, 2, 3, 2), InputError);
    CHECK_THROWS_AS(slowest_rank({1, 2, 3}, 0, 3, 2), InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE(
      "a group serves every row and routes every token once; replicas never make the busiest rank busier") {
    rc::check([](const std::vector<std::uint8_t>& some) {
      std::vector<int> rows(some.begin(), some.end());
      rows.resize((rows.size() / 4 + 1) * 4, 7);
      const auto plain = group_loads(rows, {4, 0}, 255, 8), balanced = group_loads(rows, {4, 4}, 255, 8);
      double most_plain = 0, most_balanced = 0;
      for (const auto* loads : {&plain, &balanced}) {
        double all = 0, own = 0;
        for (const auto& load : *loads)
          all += load.rows, own += load.own;
        RC_ASSERT(all == std::accumulate(rows.begin(), rows.end(), 0));
        RC_ASSERT(own == 255);
      }
      for (std::size_t r = 0; r < 4; ++r) {
        most_plain = std::max(most_plain, plain[r].rows);
        most_balanced = std::max(most_balanced, balanced[r].rows);
      }
      const double whole_rows = static_cast<double>(rows.size()) / 4 + 1; // each replica's share rounds up
      RC_ASSERT(most_balanced <= most_plain + whole_rows);
    });
  }

  TEST_CASE("the slowest rank has at least the mean and at most all rows") {
    rc::check([](const std::vector<std::uint8_t>& some) {
      std::vector<int> rows(some.begin(), some.end());
      rows.resize((rows.size() / 4 + 1) * 4, 7);
      const int total = std::accumulate(rows.begin(), rows.end(), 0);
      const auto load = slowest_rank(rows, 4, 256, 8);
      RC_ASSERT(load.rows * 4 >= total);
      RC_ASSERT(load.rows <= total);
      RC_ASSERT(load.padded >= load.rows);
      RC_ASSERT(load.padded <= load.rows + 15 * load.touched);
    });
  }
}
