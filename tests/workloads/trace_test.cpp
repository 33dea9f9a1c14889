#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "description/document.hpp"
#include "workloads/choice_sampler.hpp"
#include "workloads/expert_loads.hpp"
#include "workloads/routing.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

/// Means over seeds, for a layer without group limits: the published table is about popularity alone.
struct Skew {
  LoadStatistics mean;
  double ep8 = 0, ep32 = 0;
};

Skew skew_of(double alpha, int tokens) {
  MoeLayer layer = load_moe_layer("deepseek-v3");
  layer.load_alpha = alpha;
  Skew skew;
  const int seeds = 40;
  for (int seed = 0; seed < seeds; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    std::vector<double> u(256);
    for (double& v : u)
      v = random.uniform();
    const auto popularity = popularity_at(u, tokens, layer.router.top_k, alpha);
    const auto load = apportion_loads(popularity, tokens, layer.router.top_k, random);
    const auto s = load_statistics(load);
    skew.mean.max_over_mean += s.max_over_mean / seeds;
    skew.mean.top_fifth_share += s.top_fifth_share / seeds;
    skew.mean.idle_share += s.idle_share / seeds;
    skew.mean.entropy_bits += s.entropy_bits / seeds;
    skew.ep8 += rank_max_over_mean(load, 8) / seeds;
    skew.ep32 += rank_max_over_mean(load, 32) / seeds;
  }
  return skew;
}

void check_trace(const MoeLayer& layer, const Routing& trace) {
  const int width = layer.routed / layer.router.groups;
  for (int t = 0; t < trace.tokens; ++t) {
    std::set<int> chosen, groups;
    double sum = 0;
    for (int j = 0; j < trace.top_k; ++j) {
      chosen.insert(trace.expert_of(t, j));
      groups.insert(trace.expert_of(t, j) / width);
      sum += trace.weight_of(t, j);
      REQUIRE(trace.weight_of(t, j) > 0);
      if (j > 0)
        REQUIRE(trace.weight_of(t, j) <= trace.weight_of(t, j - 1));
    }
    REQUIRE(*chosen.begin() >= 0);
    REQUIRE(*chosen.rbegin() < layer.routed);
    REQUIRE(static_cast<int>(chosen.size()) == layer.router.top_k);
    REQUIRE(static_cast<int>(groups.size()) <= layer.router.kept_groups);
    if (layer.router.normalise)
      REQUIRE(sum == doctest::Approx(layer.router.scale).epsilon(1e-5));
    else
      REQUIRE(sum < layer.router.scale * layer.router.top_k);
  }
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("the loads have the published skew") {
    const Document published = Document::load(catalog_folder("results/published") + "/routing-skew.yaml");
    const auto rows = published.root().at("skew").items();
    REQUIRE(rows.size() == 4);
    // The table holds single draws; the allowance is what one draw of 256 experts strays from the mean.
    for (const Node& row : rows) {
      const auto number = [&](const char* key) { return row.at(key).number(); };
      const double alpha = number("alpha");
      const int tokens = static_cast<int>(row.at("tokens").integer());
      CAPTURE(alpha);
      CAPTURE(tokens);
      const Skew skew = skew_of(alpha, tokens);
      CHECK(skew.mean.max_over_mean == doctest::Approx(number("max")).epsilon(0.1));
      CHECK(skew.ep8 == doctest::Approx(number("ep8")).epsilon(0.08));
      CHECK(skew.ep32 == doctest::Approx(number("ep32")).epsilon(0.12));
      CHECK(skew.mean.top_fifth_share == doctest::Approx(number("top_fifth")).epsilon(0.03));
      CHECK(std::abs(skew.mean.idle_share - number("idle")) < 0.05);
      CHECK(skew.mean.entropy_bits == doctest::Approx(number("entropy")).epsilon(0.02));
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("bounded Pareto: the inverse CDF meets its ends and its median") {
    for (const double alpha : {0.0, 0.6, 1.0, 1.01, 1.2, 3.0}) {
      CHECK(bounded_pareto(0, alpha, 1, 100) == doctest::Approx(1));
      CHECK(bounded_pareto(1, alpha, 1, 100) == doctest::Approx(100));
    }
    CHECK(bounded_pareto(0.5, 1, 1, 100) == doctest::Approx(10)); // log-uniform
    CHECK(bounded_pareto(0.5, 0, 1, 100) == doctest::Approx(50.5));
    CHECK(bounded_pareto(0.5, 1 + 1e-8, 1, 100) == doctest::Approx(10));
  }

  TEST_CASE("loads sum to tokens * top_k and none exceeds the tokens, however skewed") {
    Random random(1);
    for (const int tokens : {1, 2, 7, 128}) {
      const auto load = apportion_loads({1e9, 1e6, 1, 1, 1e-9, 1e-9}, tokens, 3, random);
      CHECK(std::accumulate(load.begin(), load.end(), 0) == 3 * tokens);
      CHECK(*std::max_element(load.begin(), load.end()) == tokens);
    }
  }

  TEST_CASE("the same seed gives the same trace, another seed another") {
    const MoeLayer layer = load_moe_layer("deepseek-v3");
    const Routing a = make_trace(layer, 64, 5), b = make_trace(layer, 64, 5), c = make_trace(layer, 64, 6);
    CHECK(a.expert == b.expert);
    CHECK(a.weight == b.weight);
    CHECK(a.expert != c.expert);
  }

  TEST_CASE("traces of every model obey top-k, group limits and weights, from one token up") {
    for (const std::string name : {"deepseek-v3", "kimi-k2", "deepseek-v2", "mixtral-8x7b", "qwen3-235b-a22b",
                                   "gpt-oss-20b", "reduced-moe"}) {
      CAPTURE(name);
      const MoeLayer layer = load_moe_layer(name);
      for (const int tokens : {1, 2, 33, 500})
        for (std::uint64_t seed = 1; seed < 4; ++seed)
          check_trace(layer, make_trace(layer, tokens, seed));
    }
  }

  TEST_CASE("a trace meets the drawn loads though the groups are limited") {
    const MoeLayer layer = load_moe_layer("deepseek-v3");
    for (const int tokens : {128, 4096}) {
      Random random(3);
      std::vector<double> u(256);
      for (double& v : u)
        v = random.uniform();
      const auto wanted = apportion_loads(popularity_at(u, tokens, 8, 1.01), tokens, 8, random);
      ChoiceSampler sampler(layer.router, wanted, tokens);
      std::vector<int> load(256);
      for (int t = 0; t < tokens; ++t) {
        std::int32_t chosen[8];
        sampler.draw_token(random, -1, chosen);
        for (const auto e : chosen)
          ++load[static_cast<std::size_t>(e)];
      }
      int moved = 0;
      for (std::size_t e = 0; e < load.size(); ++e)
        moved += std::abs(load[e] - wanted[e]);
      CHECK(moved / 2 <= tokens * 8 / 100); // choices that stand in for others
    }
  }

  TEST_CASE("a Switch trace drops tokens") {
    MoeLayer layer = load_moe_layer("switch-style");
    layer.load_alpha = 1.2;
    const Routing trace = make_trace(layer, 1024, 1);
    const auto load = trace.load();
    CHECK(*std::max_element(load.begin(), load.end()) == expert_capacity(layer.router, layer.routed, 1024));
    CHECK(std::count(trace.expert.begin(), trace.expert.end(), -1) > 0);
  }
}
