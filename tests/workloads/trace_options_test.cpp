#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "description/error.hpp"
#include "workloads/trace.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

/// Loads of the tokens [first, first + count).
std::vector<double> load_of(const Routing& r, int first, int count) {
  std::vector<double> load(static_cast<std::size_t>(r.experts));
  for (int t = first; t < first + count; ++t)
    for (int j = 0; j < r.top_k; ++j)
      ++load[static_cast<std::size_t>(r.expert_of(t, j))];
  return load;
}

std::vector<double> ranks(const std::vector<double>& x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  std::vector<double> rank(x.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    rank[order[i]] = static_cast<double>(i);
  return rank;
}

double rank_correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto a = ranks(x), b = ranks(y);
  const double n = static_cast<double>(a.size()), mean = (n - 1) / 2;
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    product += (a[i] - mean) * (b[i] - mean);
  return product / (n * (n * n - 1) / 12);
}

double repeated_first(const Routing& r) {
  int repeats = 0;
  for (int t = 1; t < r.tokens; ++t)
    repeats += r.expert_of(t, 0) == r.expert_of(t - 1, 0);
  return repeats / (r.tokens - 1.0);
}

double chance_of_repeat(const Routing& r) {
  std::vector<double> first(static_cast<std::size_t>(r.experts));
  for (int t = 0; t < r.tokens; ++t)
    first[static_cast<std::size_t>(r.expert_of(t, 0))] += 1.0 / r.tokens;
  return std::inner_product(first.begin(), first.end(), first.begin(), 0.0);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("prefill and decode correlate as asked, domains drift apart as asked") {
    const MoeLayer layer = load_moe_layer("deepseek-v3");
    for (const double similarity : {0.0, 0.5, 0.9, 1.0}) {
      double seen = 0;
      const int seeds = 4;
      for (int seed = 0; seed < seeds; ++seed) {
        const Trace trace = generate_trace(layer, {{{2048, 1}, {2048, similarity}}, 1, 0, 0},
                                           static_cast<std::uint64_t>(seed));
        seen +=
            rank_correlation(load_of(trace.layers[0], 0, 2048), load_of(trace.layers[0], 2048, 2048)) / seeds;
      }
      CAPTURE(similarity);
      // Spearman's rank correlation of two normals; 4 x 256 experts leave a standard error of 0.03.
      CHECK(std::abs(seen - 6 / std::acos(-1.0) * std::asin(similarity / 2)) < 0.1);
    }
  }

  TEST_CASE("Mixtral's token-to-token repetition") {
    MoeLayer layer = load_moe_layer("mixtral-8x7b");
    layer.load_alpha = 0; // 12.5 % by chance
    const double repetition = (0.265 - 0.125) / (1 - 0.125);
    const Routing r = generate_trace(layer, {{{8192, 1}}, 1, repetition, 0}, 1).layers[0];
    CHECK(repeated_first(r) == doctest::Approx(0.265).epsilon(0.06)); // standard error 0.005
    const auto load = load_of(r, 0, 8192);
    CHECK(*std::max_element(load.begin(), load.end()) ==
          8192 * 2 / 8); // and the loads are still the asked ones
  }

  TEST_CASE("repetition adds to what chance gives under skew and group limits") {
    const MoeLayer layer = load_moe_layer("deepseek-v3");
    for (const double repetition : {0.0, 0.3, 0.7}) {
      const Routing r = generate_trace(layer, {{{8192, 1}}, 1, repetition, 0}, 2).layers[0];
      const double chance = chance_of_repeat(r);
      CHECK(std::abs(repeated_first(r) - (repetition + (1 - repetition) * chance)) < 0.02);
    }
  }

  TEST_CASE("a layer's first expert predicts the next layer's as often as asked") {
    const MoeLayer layer = load_moe_layer("qwen3-30b-a3b");
    for (const double predictability : {0.0, 0.4, 0.9}) {
      const Trace trace = generate_trace(layer, {{{8192, 1}}, 2, 0, predictability}, 3);
      // The best guess from the first layer's choice alone, learned from the trace itself.
      std::vector<std::vector<int>> count(128, std::vector<int>(128));
      for (int t = 0; t < 8192; ++t)
        ++count[static_cast<std::size_t>(trace.layers[0].expert_of(t, 0))]
               [static_cast<std::size_t>(trace.layers[1].expert_of(t, 0))];
      double right = 0;
      for (const auto& row : count)
        right += *std::max_element(row.begin(), row.end()) / 8192.0;
      CAPTURE(predictability);
      CHECK(right > predictability - 0.05);
      CHECK(right <
            predictability + (1 - predictability) * 0.25); // chance, and guesses fitted to rare experts
    }
  }

  TEST_CASE("layers have popularities of their own") {
    const Trace trace = generate_trace(load_moe_layer("deepseek-v3"), {{{1024, 1}}, 3, 0, 0}, 4);
    REQUIRE(trace.layers.size() == 3);
    CHECK(std::abs(rank_correlation(load_of(trace.layers[0], 0, 1024), load_of(trace.layers[1], 0, 1024))) <
          0.25);
  }

  TEST_CASE("options out of range are refused") {
    const MoeLayer layer = load_moe_layer("reduced-moe");
    CHECK_THROWS_AS(generate_trace(layer, {}, 1), InputError);
    CHECK_THROWS_AS(generate_trace(layer, {{{0, 1}}, 1, 0, 0}, 1), InputError);
    CHECK_THROWS_AS(generate_trace(layer, {{{4, 1.5}}, 1, 0, 0}, 1), InputError);
    CHECK_THROWS_AS(generate_trace(layer, {{{4, 1}}, 0, 0, 0}, 1), InputError);
    CHECK_THROWS_WITH_AS(generate_trace(layer, {{{4, 1}}, 1, -1, 0}, 1),
                         "trace: repetition -1 is out of range, expected 0 to 1", InputError);
    CHECK_THROWS_AS(generate_trace(layer, {{{4, 1}}, 1, 0, 2}, 1), InputError);
  }
}
