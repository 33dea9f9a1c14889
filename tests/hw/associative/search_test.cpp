// Extremes and the k largest, found by search, and the functions that are tables.
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/hw/associative/lanes.hpp"

using namespace moesaic::hw::associative;

TEST_SUITE("property") {
  TEST_CASE("the k largest of the candidates are marked, of equals the first") {
    CHECK(rc::check("mark_top_k_u16", [](std::uint16_t seed) {
      Lanes lanes;
      auto x = numbers(seed);
      std::vector<std::uint16_t> index(Lanes::columns), marks(Lanes::columns);
      std::iota(index.begin(), index.end(), std::uint16_t{0});
      const unsigned coarse = seed % 3 ? 0xffff : 0xf000; // with many equals
      std::vector<std::size_t> order;
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = static_cast<std::uint16_t>(x[i] & coarse);
        marks[i] = (i * 7 + seed) % 4 == 0 || seed % 5 == 0 ? 1 << 3 : 0;
        if (marks[i])
          order.push_back(i);
      }
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] > x[b]; });
      const std::size_t k = 1 + seed % 9;
      lanes.set(1, x), lanes.set(2, index), lanes.set(VectorPlan{}.flags, marks);
      lanes.run("mark_top_k_u16", {0, 1, 2}, {6, 3, static_cast<std::int64_t>(k)});
      RC_ASSERT(lanes.get(0)[17] == x[order[k - 1]]);
      std::vector<bool> wanted(x.size());
      for (std::size_t i = 0; i < k; ++i)
        wanted[order[i]] = true;
      for (std::size_t i = 0; i < x.size(); ++i) {
        RC_ASSERT(lanes.marked(6, i) == wanted[i]);
        RC_ASSERT(lanes.marked(3, i) == (marks[i] != 0));
      }
    }));
  }

  TEST_CASE("more than there are candidates marks them all") {
    Lanes lanes;
    std::vector<std::uint16_t> marks(Lanes::columns);
    marks[5] = marks[99] = 1 << 3;
    lanes.set(1, numbers(1)), lanes.set(2, numbers(2)), lanes.set(VectorPlan{}.flags, marks);
    lanes.run("mark_top_k_u16", {0, 1, 2}, {6, 3, 4});
    for (std::size_t i = 0; i < Lanes::columns; ++i)
      REQUIRE(lanes.marked(6, i) == (i == 5 || i == 99));
  }

  TEST_CASE("signed extremes, also into the vector that is searched") {
    CHECK(rc::check("extremes", [](std::uint16_t seed) {
      Lanes lanes;
      const auto x = numbers(seed);
      std::vector<std::uint16_t> marks(Lanes::columns, 1 << 3);
      const auto less = [](std::uint16_t a, std::uint16_t b) { return static_cast<std::int16_t>(a) < static_cast<std::int16_t>(b); };
      const std::pair<const char*, std::uint16_t> wanted[] = {{"mark_max_s16", *std::max_element(x.begin(), x.end(), less)},
                                                              {"mark_min_s16", *std::min_element(x.begin(), x.end(), less)},
                                                              {"mark_max_u16", *std::max_element(x.begin(), x.end())},
                                                              {"mark_min_u16", *std::min_element(x.begin(), x.end())}};
      for (const auto& [name, value] : wanted)
        for (const int target : {0, 1}) {
          lanes.set(1, x), lanes.set(VectorPlan{}.flags, marks);
          lanes.run(name, {target, 1}, {6, 3});
          RC_ASSERT(lanes.get(target) == std::vector<std::uint16_t>(Lanes::columns, value));
          for (std::size_t i = 0; i < x.size(); ++i)
            RC_ASSERT(lanes.marked(6, i) == (x[i] == value));
        }
    }));
  }

  TEST_CASE("sigmoid and exponential are their functions, rounded, at every point") {
    Lanes lanes;
    const auto x = numbers(4);
    lanes.set(1, x);
    lanes.run("sigmoid_s8", {0, 1});
    lanes.run("exp_s8", {2, 1});
    const auto sigmoid = lanes.get(0), exponential = lanes.get(2);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double value = static_cast<std::int8_t>(x[i]) / 16.0;
      REQUIRE(std::abs(sigmoid[i] - 32768 / (1 + std::exp(-value))) <= 0.5);
      REQUIRE(std::abs(exponential[i] - 65535 * std::exp(std::min(value, 0.0))) <= 0.5);
    }
  }
}
