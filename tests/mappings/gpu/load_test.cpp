#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

#include "description/error.hpp"
#include "mappings/gpu/load.hpp"

using namespace moesaic;
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

  TEST_CASE("experts that do not divide over the ranks are refused") {
    CHECK_THROWS_AS(slowest_rank({1, 2, 3}, 2, 3, 2), InputError);
    CHECK_THROWS_AS(slowest_rank({1, 2, 3}, 0, 3, 2), InputError);
  }
}

TEST_SUITE("property") {
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
