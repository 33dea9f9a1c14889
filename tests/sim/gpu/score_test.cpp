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
}
