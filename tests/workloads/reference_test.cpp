#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "description/error.hpp"
#include "workloads/reference.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

/// hidden 2, ffn 1, two experts, top 1: small enough for pencil and paper.
MoeLayer tiny_layer() {
  MoeLayer layer;
  layer.hidden = 2;
  layer.expert_ffn = 1;
  layer.routed = 2;
  layer.layers = 1;
  return layer;
}

ExpertWeights expert_of(float gate, float up, float down) {
  ExpertWeights expert{Matrix(1, 2), Matrix(1, 2), Matrix(2, 1), {}, {}, {}};
  expert.gate.value = {gate, 0};
  expert.up.value = {0, up};
  expert.down.value = {down, -down};
  return expert;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a layer small enough for pencil and paper") {
    MoeLayer layer = tiny_layer();
    layer.shared = 1;
    MoeWeights weights;
    weights.router = Matrix(2, 2);
    weights.router.value = {1, 0, 0, 1};
    weights.experts = {expert_of(9, 9, 9), expert_of(1, 2, 3)};
    weights.shared = {expert_of(0.5f, 1, 1)};
    Matrix hidden(1, 2);
    hidden.value = {2, 3};
    const MoeResult result = run_reference(layer, weights, hidden);
    CHECK(result.logits == std::vector<float>{2, 3});
    CHECK(result.routing.expert == std::vector<std::int32_t>{1});
    const double weight = std::exp(3) / (std::exp(2) + std::exp(3)); // softmax, not renormalised
    const auto silu = [](double x) { return x / (1 + std::exp(-x)); };
    const double expected = weight * 3 * silu(2) * 6 + silu(1) * 3;
    CHECK(result.output[0][0] == doctest::Approx(expected).epsilon(1e-6));
    CHECK(result.output[0][1] == doctest::Approx(-expected).epsilon(1e-6));
  }

  TEST_CASE("gpt-oss clamps the gate above and the up product on both sides") {
    const auto f = [](double g, double u) { return activate(Activation::gpt_oss_swiglu, g, u); };
    CHECK(f(1, 0.5) == doctest::Approx(1.5 / (1 + std::exp(-1.702))));
    CHECK(f(100, 100) == f(7, 7));
    CHECK(f(1, -100) == f(1, -7));
    CHECK(std::abs(f(-100, 1)) < 1e-60);
  }

  TEST_CASE("made weights have the promised variance, and the layer's shapes") {
    const MoeLayer layer = load_moe_layer("reduced-moe");
    const MoeWeights weights = make_weights(layer, 1);
    const Matrix hidden = make_hidden_states(layer, 8, 1);
    const auto logits = router_logits(layer, weights, hidden);
    const auto stages = run_expert(layer.activation, weights.experts[3], token_state(hidden, 0));
    const auto variance = [](const auto& x) {
      return std::inner_product(x.begin(), x.end(), x.begin(), 0.0) / static_cast<double>(x.size());
    };
    CHECK(variance(logits) == doctest::Approx(1).epsilon(0.4)); // 128 numbers: standard deviation 0.125
    CHECK(variance(stages.gate) == doctest::Approx(1).epsilon(0.4));
    CHECK(weights.shared.size() == 1);
    CHECK(make_weights(layer, 1).experts[5].down.value == weights.experts[5].down.value);
    CHECK(make_weights(layer, 2).experts[5].down.value != weights.experts[5].down.value);
  }

  TEST_CASE("a dropped token gets nothing from the routed experts") {
    MoeLayer layer = tiny_layer();
    layer.router.capacity_factor = 1; // ceil(2 / 2) = 1 token per expert
    MoeWeights weights;
    weights.router = Matrix(2, 2);
    weights.experts = {expert_of(1, 1, 1), expert_of(1, 1, 1)};
    Matrix hidden(2, 2);
    hidden.value = {1, 1, 1, 1};
    const MoeResult result = run_reference(layer, weights, hidden);
    CHECK(result.output[0][0] != 0);
    CHECK(result.output[1] == std::vector<double>{0, 0});
  }

  TEST_CASE("weights too large for the host are refused with the missing amount") {
    CHECK_THROWS_WITH_AS(
        make_weights(load_moe_layer("deepseek-v3"), 1),
        "the real weights of one layer of deepseek-v3 take 45.3 GB, 41.3 GB more than allowed; a reduced "
        "layer such as reduced-moe carries values",
        InputError);
  }

  TEST_CASE("shapes that do not fit are refused") {
    const MoeLayer layer = load_moe_layer("reduced-moe");
    MoeWeights weights = make_weights(layer, 1);
    CHECK_THROWS_WITH_AS(run_reference(layer, weights, Matrix(1, 255)),
                         "the matrix of hidden states is 1 x 255, expected 1 x 256", InputError);
    weights.experts.pop_back();
    CHECK_THROWS_WITH_AS(run_reference(layer, weights, Matrix(1, 256)),
                         "15 routed and 1 shared experts, expected 16 and 1", InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE("permuting experts of a layer without groups leaves its output alone") {
    MoeLayer layer = load_moe_layer("reduced-moe");
    layer.router.groups = layer.router.kept_groups = 1;
    for (std::uint64_t seed = 1; seed < 6; ++seed) {
      MoeWeights weights = make_weights(layer, seed);
      const Matrix hidden = make_hidden_states(layer, 3, seed);
      const auto before = run_reference(layer, weights, hidden).output;
      std::rotate(weights.experts.begin(), weights.experts.begin() + 5, weights.experts.end());
      std::rotate(weights.router_bias.begin(), weights.router_bias.begin() + 5, weights.router_bias.end());
      std::rotate(weights.router.value.begin(), weights.router.value.begin() + 5 * layer.hidden,
                  weights.router.value.end());
      const auto after = run_reference(layer, weights, hidden).output;
      for (std::size_t t = 0; t < before.size(); ++t)
        for (std::size_t i = 0; i < before[t].size(); ++i)
          CHECK(after[t][i] == doctest::Approx(before[t][i]).epsilon(1e-6));
    }
  }
}
