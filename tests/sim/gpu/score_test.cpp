// Scores by hand.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/gpu/synthetic.hpp"

using namespace moesaic::sim;
using moesaic::hw::gpu::Precision;

/// Measured 1 ms at 500 W; predicted longer by each of `errors`, with energy as far off again.
static std::pair<std::vector<GpuCase>, std::vector<GpuPrediction>> sample(const std::vector<double>& errors) {
  std::vector<GpuCase> cases;
  std::vector<GpuPrediction> predictions;
  for (const double error : errors) {
    GpuRow row = layer_row("wide", Precision::bf16, 1, 8);
    row.seconds = 1e-3, row.watts = 500;
    cases.push_back({row, {}});
    predictions.push_back({1e-3 * (1 + error), 0.5 * (1 + 2 * error)});
  }
  return {cases, predictions};
}

TEST_SUITE("unit") {
  TEST_CASE("median, ninth decile and bias") {
    const auto [cases, predictions] = sample({0.1, -0.2, 0.3, -0.4, 0.5});
    const auto all = score(cases, predictions).front();
    CHECK(all.group == "all layers");
    CHECK(all.rows == 5);
    CHECK(all.median == doctest::Approx(0.3));
    CHECK(all.ninth_decile == doctest::Approx(0.46)); // between the fourth and the fifth, 0.6 of the way
    CHECK(all.bias == doctest::Approx(0.1));
    CHECK(all.energy_rows == 5);
    CHECK(all.energy_median == doctest::Approx(0.6));
  }

  TEST_CASE("rows without power count for latency alone") {
    auto [cases, predictions] = sample({0.1, 0.2});
    cases[0].row.watts = 0;
    const auto all = score(cases, predictions).front();
    CHECK(all.rows == 2);
    CHECK(all.energy_rows == 1);
    CHECK(all.energy_median == doctest::Approx(0.4));
  }

  TEST_CASE("groups split by engine, model, precision, ranks and tokens, and the JSON carries them") {
    auto [cases, predictions] = sample({0.1, 0.3});
    cases[1].row.precision = Precision::fp8, cases[1].row.tokens = 4096;
    cases[1].loads = loads_of(cases[1].row);
    const auto list = nlohmann::json::parse(score_json(score(cases, predictions)));
    const auto error_of = [&](const char* group) {
      for (const auto& item : list)
        if (item["group"] == group)
          return item["latency_median_error"].get<double>();
      return -1.;
    };
    CHECK(error_of("bfloat16") == doctest::Approx(0.1));
    CHECK(error_of("fp8") == doctest::Approx(0.3));
    CHECK(error_of("1 to 16 tokens") == doctest::Approx(0.1));
    CHECK(error_of("more than 2048 tokens") == doctest::Approx(0.3));
    CHECK(error_of("wide") == doctest::Approx(0.2));
  }

  TEST_CASE(
      "a power reading is settled by what was measured: enough tokens, and no pause under a full memory") {
    const auto& c = constants_of(dense_row(Precision::bf16, 128, 8192, 8192));
    const auto settled = [&](int tokens, double watts, double bandwidth) {
      GpuCase measured{dense_row(Precision::bf16, tokens, 8192, 8192), {}};
      measured.row.seconds = 2.0 * 8192 * 8192 / bandwidth;
      measured.row.watts = watts;
      return power_settled(measured, c);
    };
    CHECK(settled(128, 690, 0.9 * c.memory_bandwidth));
    CHECK_FALSE(settled(128, 140, 0.9 * c.memory_bandwidth));
    CHECK(settled(128, 140, 0.1 * c.memory_bandwidth));
    CHECK_FALSE(settled(64, 690, 0.9 * c.memory_bandwidth));
    CHECK_FALSE(settled(128, 0, 0.1 * c.memory_bandwidth));
  }

  TEST_CASE("rows with their predictions, one line each") {
    auto [cases, predictions] = sample({0.5});
    CHECK(score_rows_csv("unseen", cases, predictions) ==
          "unseen,h200,vllm-0.22.0,wide,bfloat16,1,balanced,8,28672,4096,1,1.5,0.5,1\n");
    cases[0].row.watts = 0;
    CHECK(score_rows_csv("unseen", cases, predictions) ==
          "unseen,h200,vllm-0.22.0,wide,bfloat16,1,balanced,8,28672,4096,1,1.5,,1\n");
  }
}
