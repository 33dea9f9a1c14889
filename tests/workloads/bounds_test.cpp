#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "description/error.hpp"
#include "workloads/moe_bounds.hpp"
#include "workloads/random.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

/// A plain machine: fp32 sums of code products, dequantised per block, nothing shared with the bounds but
/// quantise().
std::vector<float> multiply(const Quantised& w, const std::vector<float>& x, NumberFormat format) {
  Matrix row(1, static_cast<int>(x.size()));
  row.value = x;
  const Quantised q = quantise(row, format, activation_block(format));
  std::vector<float> y;
  for (int r = 0; r < w.rows; ++r) {
    float sum = 0;
    for (int c = 0; c < w.cols; ++c)
      sum += w.code_of(r, c) * w.scale[w.block_of(r, c)] * (q.code_of(0, c) * q.scale[q.block_of(0, c)]);
    y.push_back(sum);
  }
  return y;
}

std::vector<float> run_machine_expert(const QuantisedExpert& expert, const std::vector<float>& x,
                                      NumberFormat format) {
  const auto gate = multiply(expert.gate, x, format), up = multiply(expert.up, x, format);
  std::vector<float> inner;
  for (std::size_t i = 0; i < gate.size(); ++i)
    inner.push_back(gate[i] / (1 + std::exp(-gate[i])) * up[i]);
  return multiply(expert.down, inner, format);
}

std::vector<std::vector<double>> run_machine(const MoeWeights& weights, const Matrix& hidden,
                                             const Routing& routing, const Precision& precision) {
  std::vector<std::vector<double>> outputs;
  for (int t = 0; t < hidden.rows; ++t) {
    const std::vector<float> x(hidden.row(t), hidden.row(t) + hidden.cols);
    std::vector<float> sum(x.size());
    const auto add = [&](const ExpertWeights& expert, float weight) {
      const auto y = run_machine_expert(quantise_expert(expert, precision.weights), x, precision.activations);
      for (std::size_t i = 0; i < sum.size(); ++i)
        sum[i] += weight * y[i];
    };
    for (const auto& expert : weights.shared)
      add(expert, 1);
    for (int j = 0; j < routing.top_k; ++j)
      add(weights.experts[static_cast<std::size_t>(routing.expert_of(t, j))], routing.weight_of(t, j));
    outputs.emplace_back(sum.begin(), sum.end());
  }
  return outputs;
}

const NumberFormat formats[] = {NumberFormat::bf16, NumberFormat::fp8_e4m3, NumberFormat::int8,
                                NumberFormat::int4, NumberFormat::ternary,  NumberFormat::binary};

} // namespace

TEST_SUITE("property") {
  TEST_CASE("a machine of any number format stays within its bound, and a wrong one does not") {
    const MoeLayer layer = load_moe_layer("reduced-moe");
    const MoeWeights weights = make_weights(layer, 7);
    const Matrix hidden = make_hidden_states(layer, 1, 7);
    const MoeResult reference = run_reference(layer, weights, hidden);
    for (const NumberFormat w : formats)
      for (const NumberFormat a : formats) {
        CAPTURE(std::string(to_string(w)));
        CAPTURE(std::string(to_string(a)));
        Precision precision;
        precision.weights = w;
        precision.activations = a;
        precision.sum_rounding = 260 * 0x1p-24; // 256 fp32 sums, and the products' own roundings
        const auto expected = approximate_layer(layer, weights, hidden, reference.routing, precision);
        for (std::size_t i = 0; i < expected[0].size(); ++i)
          CHECK(expected[0].exact[i] == doctest::Approx(reference.output[0][i]).epsilon(1e-9));
        auto machine = run_machine(weights, hidden, reference.routing, precision);
        const BoundCheck check = check_bounds(expected, machine);
        CHECK(check.within);
        CHECK(check.largest_ratio <= 1);
        CHECK(check.largest_ratio > 0.3); // so the bound is no loose one
        machine[0][17] = expected[0].exact[17] + 1.01 * expected[0].bound(17);
        CHECK_FALSE(check_bounds(expected, machine).within);
      }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a lost expert is found in int8") {
    const MoeLayer layer = load_moe_layer("reduced-moe");
    const MoeWeights weights = make_weights(layer, 3);
    const Matrix hidden = make_hidden_states(layer, 1, 3);
    const MoeResult reference = run_reference(layer, weights, hidden);
    const auto expected = approximate_layer(layer, weights, hidden, reference.routing, {});
    Routing lost = reference.routing;
    lost.weight[3] = 0;
    CHECK_FALSE(check_bounds(expected, run_machine(weights, hidden, lost, {})).within);
  }

  TEST_CASE("integer sums without rounding leave only the input's own quantisation") {
    Random random(5);
    Matrix w(4, 64);
    std::vector<double> x;
    for (float& v : w.value)
      v = static_cast<float>(random.normal());
    for (int i = 0; i < 64; ++i)
      x.push_back(static_cast<float>(random.normal()));
    const Quantised held = quantise(w, NumberFormat::int8, {1, 0});
    const Approximation y =
        multiplied(w, held, quantised(held_exactly(x), NumberFormat::int8, {1, 0}), {}, 0);
    for (std::size_t i = 0; i < y.size(); ++i)
      CHECK(y.radius[i] == 0); // nothing is unknown
    for (std::size_t i = 0; i < y.size(); ++i)
      CHECK(y.bound(i) > 0); // but the quantisation is not exact
  }

  TEST_CASE("rounding to a step covers both sides where the interval straddles a boundary") {
    const Approximation x{{0.49, 0.3}, {0.49, 0.3}, {0.02, 0.02}};
    const Approximation y = rounded_to_step(x, 1);
    CHECK(y.nominal == std::vector<double>{0, 0});
    CHECK(y.radius == std::vector<double>{1, 0});
  }

  TEST_CASE("SwiGLU keeps every value of the interval within its radius") {
    for (double g = -9; g < 9; g += 0.37) // gpt-oss clamps at 7
      for (double u = -9; u < 9; u += 0.71)
        for (const Activation act : {Activation::swiglu, Activation::gpt_oss_swiglu}) {
          const Approximation gate{{g}, {g}, {0.2}}, up{{u}, {u}, {0.1}};
          const Approximation y = activated(act, gate, up, 0);
          for (const double dg : {-0.2, 0.0, 0.2})
            for (const double du : {-0.1, 0.0, 0.1})
              CHECK(std::abs(activate(act, g + dg, u + du) - y.exact[0]) <= y.bound(0));
        }
  }

  TEST_CASE("a machine that gives no number is not within the bound, another shape is refused") {
    const std::vector<Approximation> expected{held_exactly({1, 2})};
    CHECK(check_bounds(expected, {{1, 2}}).within);
    CHECK_FALSE(check_bounds(expected, {{1, std::numeric_limits<double>::quiet_NaN()}}).within);
    CHECK_THROWS_AS(check_bounds(expected, {{1}}), InputError);
    CHECK_THROWS_AS(check_bounds(expected, {}), InputError);
  }
}
