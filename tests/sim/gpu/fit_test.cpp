// The fit gives back the constants that its data were made from, and names what data cannot tell.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "description/error.hpp"
#include "tests/sim/gpu/synthetic.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using hw::gpu::Constants;
using hw::gpu::Precision;

/// The H200's description with every fitted constant at what the fit expects.
static Constants expected() {
  Constants c = constants_of(layer_row("wide", Precision::bf16, 1, 1));
  for (const FitStage stage : {FitStage::layers, FitStage::dense, FitStage::power})
    for (const FitPrior& prior : fit_priors(stage, "vllm-0.22.0"))
      c.*(prior.constant->field) = prior.expected;
  return c;
}

static const FittedConstant* find(const GpuFit& fit, const std::string& name) {
  for (const auto& f : fit.fitted)
    if (name == f.prior.constant->name)
      return &f;
  return nullptr;
}

TEST_SUITE("unit") {
  TEST_CASE("constants that data were made from come back, far from what the fit expects") {
    Constants truth = expected();
    truth.kernel_time *= 1.5;
    truth.bf16_efficiency *= 1.2;
    truth.fp8_block_efficiency *= 0.8;
    truth.dense_host_time *= 0.7;
    truth.byte_energy *= 1.3;
    const GpuFit fit =
        fit_gpu(measured(grid({Precision::bf16, Precision::fp8, Precision::fp8_block}, true), truth));
    CHECK(fit.constants.kernel_time == doctest::Approx(truth.kernel_time).epsilon(0.05));
    CHECK(fit.constants.bf16_efficiency == doctest::Approx(truth.bf16_efficiency).epsilon(0.05));
    CHECK(fit.constants.fp8_block_efficiency == doctest::Approx(truth.fp8_block_efficiency).epsilon(0.05));
    CHECK(fit.constants.dense_host_time == doctest::Approx(truth.dense_host_time).epsilon(0.03));
    CHECK(fit.constants.byte_energy == doctest::Approx(truth.byte_energy).epsilon(0.06));
    for (const FittedConstant& f : fit.fitted) {
      CAPTURE(f.prior.constant->name);
      const double made_from = truth.*(f.prior.constant->field);
      CHECK(f.low <= made_from * 1.02);
      CHECK(f.high >= made_from / 1.02);
    }
    CHECK(fit.untouched.empty());
  }

  TEST_CASE("wild power readings pull on nothing") {
    const Constants truth = expected();
    auto cases = measured(grid({Precision::bf16, Precision::fp8, Precision::fp8_block}, true), truth);
    for (std::size_t i = 0; i < cases.size(); i += 7)
      cases[i].row.watts = 90; // the meter lags
    const GpuFit fit = fit_gpu(cases);
    CHECK(fit.constants.byte_energy == doctest::Approx(truth.byte_energy).epsilon(0.05));
    CHECK(fit.constants.bf16_energy == doctest::Approx(truth.bf16_energy).epsilon(0.05));
  }

  TEST_CASE("constants without influence are named and left as described") {
    const Constants described = constants_of(layer_row("wide", Precision::bf16, 1, 1));
    auto rows = grid({Precision::bf16}, false);
    const GpuFit fit = fit_gpu(measured(rows, described));
    const auto untouched = [&](const char* name) {
      return std::count(fit.untouched.begin(), fit.untouched.end(), name) == 1;
    };
    CHECK(untouched("fp8_efficiency"));
    CHECK(untouched("fp8_energy"));
    CHECK_FALSE(untouched("bf16_efficiency"));
    CHECK(find(fit, "fp8_efficiency") == nullptr);
    CHECK(fit.constants.fp8_efficiency == described.fp8_efficiency);
  }

  TEST_CASE("a constant that rows barely touch is marked not identifiable") {
    // One token: nothing here is bound by the matrix unit.
    std::vector<GpuRow> rows;
    for (int copy = 0; copy < 20; ++copy)
      rows.push_back(layer_row(copy % 2 ? "wide" : "narrow", Precision::bf16, 1, 1));
    const GpuFit fit = fit_gpu(measured(rows, expected()));
    REQUIRE(find(fit, "ffn_passes") != nullptr);
    CHECK_FALSE(find(fit, "ffn_passes")->identifiable);
  }

  TEST_CASE("too few rows are refused with the constants' names") {
    const auto cases = measured({layer_row("wide", Precision::bf16, 1, 8)}, expected());
    CHECK_THROWS_WITH_AS(fit_gpu(cases), doctest::Contains("kernel_time"), InputError);
  }

  TEST_CASE("a fit that does not converge says so, with the stage and its constants") {
    auto cases = measured(grid({Precision::bf16}, false), expected());
    for (GpuCase& c : cases)
      c.row.seconds = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH_AS(fit_gpu(cases), doctest::Contains("the fit of layers did not converge: "),
                         InputError);
    CHECK_THROWS_WITH_AS(fit_gpu(cases), doctest::Contains("kernel_time"), InputError);
  }

  TEST_CASE("leaving a model out takes two models, and never shows the fit the one it predicts") {
    const Constants truth = expected();
    auto cases = measured(grid({Precision::bf16}, false), truth);
    const auto honest = predict_left_out(cases);
    for (GpuCase& c : cases)
      if (c.row.model == "wide")
        c.row.seconds *= 3; // what the fit that predicts "wide" must not know
    const auto spoilt = predict_left_out(cases);
    for (std::size_t i = 0; i < cases.size(); ++i)
      if (cases[i].row.model == "wide")
        CHECK(spoilt[i].seconds == honest[i].seconds);
    cases.erase(std::remove_if(cases.begin(), cases.end(), [](auto& c) { return c.row.model == "wide"; }),
                cases.end());
    CHECK_THROWS_WITH_AS(predict_left_out(cases), doctest::Contains("two models"), InputError);
  }
}
