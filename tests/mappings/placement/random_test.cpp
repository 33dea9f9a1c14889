#include <cmath>

#include <doctest/doctest.h>

#include "description/error.hpp"
#include "mappings/placement/random_placement.hpp"
#include "tests/mappings/placement/example_traffic.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

TEST_SUITE("unit") {
  TEST_CASE("Spearman's correlation in its closed form, 1 - 6 sum d^2 / (n (n^2 - 1))") {
    CHECK(rank_correlation({1, 2, 3, 4}, {10, 20, 3000, 4e9}) == 1);
    CHECK(rank_correlation({1, 2, 3, 4}, {4, 3, 2, 1}) == -1);
    // Ranks 0 1 2 3 4 against 1 0 3 2 4: sum d^2 is 4.
    CHECK(rank_correlation({1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}) == doctest::Approx(1 - 6 * 4 / (5.0 * 24)));
    // Ties share their mean rank: 0 1.5 1.5 3 against 0 1 2 3, covariance 4.5, variances 4.5 and 5.
    CHECK(rank_correlation({1, 2, 2, 3}, {1, 2, 3, 4}) == doctest::Approx(4.5 / std::sqrt(4.5 * 5)));
    CHECK(rank_correlation({1, 1}, {1, 2}) == 0);
    CHECK_THROWS_AS(rank_correlation({1}, {1}), InputError);
    CHECK_THROWS_AS(rank_correlation({1, 2}, {1, 2, 3}), InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE("random placements are valid, repeatable, and differ by seed") {
    const Traffic traffic = example_traffic(20, 9, 4, 1);
    const Floor floor = example_floor(6, 6);
    for (const Disorder disorder : {Disorder::scattered, Disorder::by_cluster})
      for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const Placement placement = random_placement(traffic, floor, disorder, seed);
        CHECK_NOTHROW(check_placement(traffic, floor, placement));
        CHECK(placement == random_placement(traffic, floor, disorder, seed));
        CHECK(placement != random_placement(traffic, floor, disorder, seed + 1));
      }
    CHECK_THROWS_AS(random_placement(traffic, example_floor(2, 2), Disorder::scattered, 1), InputError);
  }
}
