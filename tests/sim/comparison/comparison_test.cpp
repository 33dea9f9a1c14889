#include <numeric>

#include <doctest/doctest.h>

#include "description/error.hpp"
#include "results/verdict.hpp"
#include "sim/comparison/comparison.hpp"
#include "tests/workloads/temporary_file.hpp"

using namespace moesaic;

namespace {

const std::vector<std::string> everything{"loihi2", "gemini1", "h100", "h200"};

double sum(const std::vector<results::EnergyLine>& lines, double results::Interval::*end) {
  return std::accumulate(lines.begin(), lines.end(), 0.0,
                         [&](double total, const auto& line) { return total + line.joules.*end; });
}

double statistic(const results::RunRecord& record, const std::string& name) {
  for (const auto& s : record.statistics)
    if (s.name == name)
      return s.value;
  FAIL("no statistic " << name);
  return 0;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("every record is whole: parts sum to the total, shares to one, power stays below the limit") {
    const auto run = sim::compare({"reduced-moe", everything, {1, 3}, 5});
    REQUIRE(run.records.size() == 8);
    REQUIRE(run.inputs.size() == 5);
    for (std::size_t i = 0; i < run.records.size(); ++i) {
      const auto& r = run.records[i];
      CAPTURE(r.machine);
      CHECK(r.machine == everything[i / 2]);
      CHECK(r.tokens == (i % 2 == 0 ? 1 : 3));
      CHECK(r.workload == "reduced-moe");
      CHECK(r.seconds.low > 0);
      CHECK(r.seconds.low <= r.seconds.nominal);
      CHECK(r.seconds.nominal <= r.seconds.high);
      CHECK(sum(r.energy, &results::Interval::nominal) == r.joules.nominal);
      CHECK(sum(r.energy, &results::Interval::low) == r.joules.low);
      CHECK(sum(r.energy, &results::Interval::high) == r.joules.high);
      CHECK(r.joules.nominal <= r.power_limit * r.seconds.nominal * (1 + 1e-12) + (r.power_limit == 0 ? 1e9 : 0));
      double share = 0;
      for (const auto& [resource, part] : r.bound_share)
        share += part;
      CHECK(share == doctest::Approx(1));
      bool has_static = false, has_active = false;
      for (const auto& line : r.energy) {
        has_static = has_static || line.kind != "active";
        has_active = has_active || line.kind == "active";
        CHECK_FALSE(line.source.empty());
      }
      CHECK(has_static);
      CHECK(has_active);
      CHECK(statistic(r, results::model_joules) >= r.joules.nominal);
    }
  }

  TEST_CASE("the same request gives the same bits, another seed another trace") {
    const sim::ComparisonRequest request{"reduced-moe", {"loihi2", "gemini1", "h100"}, {4}, 1};
    const auto first = sim::compare(request), second = sim::compare(request);
    for (std::size_t i = 0; i < first.records.size(); ++i) {
      CHECK(first.records[i].seconds.nominal == second.records[i].seconds.nominal);
      CHECK(first.records[i].joules.nominal == second.records[i].joules.nominal);
      CHECK(first.records[i].joules.high == second.records[i].joules.high);
    }
  }

  TEST_CASE("values through both kinds of machine: the router's choice identical, outputs within the bound") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const auto checks = sim::compare_values({"reduced-moe", {"loihi2", "gemini1", "h100"}, {2}, seed});
      REQUIRE(checks.size() == 2); // a GPU baseline has none
      for (const auto& check : checks) {
        CAPTURE(check.machine);
        CAPTURE(seed);
        CHECK(check.router_identical);
        CHECK(check.within_bound);
        CHECK(check.worst_error > 0); // int8 is not exact
        CHECK(check.worst_error <= check.error_bound);
        CHECK(check.error_bound < 1);
        CHECK(check.outputs == 2 * 256);
      }
    }
  }

  TEST_CASE("values of softmax routers: Mixtral's, Qwen3's, OLMoE's, DeepSeek-V2's kinds of layer, made small") {
    const std::string sizes = R"("hidden_act": "silu", "hidden_size": 128, "num_hidden_layers": 2, )";
    const std::string configs[] = {
        R"({"model_type": "mixtral", "intermediate_size": 96, "num_local_experts": 8, "num_experts_per_tok": 2, )",
        R"({"model_type": "qwen3_moe", "moe_intermediate_size": 48, "num_experts": 32, "num_experts_per_tok": 8,
            "norm_topk_prob": true, )",
        R"({"model_type": "olmoe", "intermediate_size": 64, "num_experts": 16, "num_experts_per_tok": 4,
            "norm_topk_prob": false, )",
        R"({"model_type": "deepseek_v2", "intermediate_size": 256, "moe_intermediate_size": 64, "n_routed_experts": 16,
            "n_shared_experts": 2, "num_experts_per_tok": 3, "n_group": 4, "topk_group": 2, "norm_topk_prob": false,
            "routed_scaling_factor": 16.0, "scoring_func": "softmax", "topk_method": "group_limited_greedy",
            "first_k_dense_replace": 1, )"};
    for (const auto& config : configs) {
      CAPTURE(config);
      const std::string text = config + sizes;
      const TemporaryFile file(".json", text.substr(0, text.size() - 2) + "}");
      for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const auto checks = sim::compare_values({file.path(), {"gemini1"}, {2}, seed});
        REQUIRE(checks.size() == 1);
        CHECK(checks[0].router_identical);
        CHECK(checks[0].within_bound);
        CHECK(checks[0].worst_error > 0);
        CHECK(checks[0].worst_error > 0.01 * checks[0].error_bound); // the bound is not empty talk
      }
    }
  }

  TEST_CASE("a machine that cannot do the layer is left out with its reason, and the others go on") {
    const auto run = sim::compare({"kimi-k2", {"gemini1", "loihi2", "h100"}, {1}, 1});
    REQUIRE(run.records.size() == 2);
    CHECK(run.records[0].machine == "loihi2");
    CHECK(run.records[1].machine == "h100");
    REQUIRE(run.left_out.size() == 1);
    CHECK(run.left_out[0].rfind("gemini1: ", 0) == 0);
    CHECK(run.left_out[0].find("964438016 missing") != std::string::npos); // 385 experts of 44 MB in 16 GB
  }

  TEST_CASE("what cannot run is refused with the reason") {
    CHECK_THROWS_WITH_AS(sim::compare({"deepseek-v4", {"h100"}, {1}, 1}), doctest::Contains("did you mean 'deepseek-v"),
                         InputError);
    CHECK_THROWS_WITH_AS(sim::compare({"reduced-moe", {"h10"}, {1}, 1}), doctest::Contains("did you mean 'h100'"),
                         InputError);
    CHECK_THROWS_WITH_AS(sim::compare({"kimi-k2", {"gemini1"}, {1}, 1}), doctest::Contains("missing"), InputError);
    CHECK_THROWS_WITH_AS(sim::compare_values({"deepseek-v3", {"loihi2"}, {1}, 1}),
                         doctest::Contains("more than allowed"), InputError);
  }
}
