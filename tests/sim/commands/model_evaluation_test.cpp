// The small model with its MoE layers on machines; weights of a checkpoint through the mapped programs.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "description/document.hpp"
#include "description/error.hpp"
#include "sim/commands/model_evaluation.hpp"
#include "sim/comparison/comparison.hpp"
#include "workloads/reference.hpp"

using namespace moesaic;

namespace {

std::string folder() {
  return (std::filesystem::path(catalog_folder("workloads/catalog")).parent_path() / "small_model").string();
}

std::string held_out() {
  std::ifstream in(folder() + "/held-out.txt", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The hidden states that the first MoE layer sees while the model reads `window`.
workloads::Matrix first_inputs(const workloads::LanguageModel& model, const std::string& window) {
  workloads::Matrix inputs;
  const auto reference = reference_moe(model);
  byte_losses(model, window, [&](int block, const workloads::Matrix& hidden) {
    if (block == 0)
      inputs = hidden;
    return reference(block, hidden);
  });
  return inputs;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("held-out cross-entropy in number formats: 8 bits keep the model, ternary after training does not") {
    const auto rows = sim::evaluate_model({folder(), held_out(), {"loihi2"}, 1});
    REQUIRE(rows.size() == 15);
    CHECK(rows[0].name == "reference");
    CHECK(rows[0].difference == 0);
    CHECK(rows[0].cross_entropy < 1.3);
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(row.cross_entropy == doctest::Approx(rows[0].cross_entropy + row.difference));
      if (row.numbers == "weights bf16, activations bf16" || row.name == "int8" || row.name == "loihi2")
        CHECK(std::abs(row.difference) < 0.03);
      if (row.name == "ternary")
        CHECK(row.difference > 0.3);
    }
    // Dropping more leaves fewer events.
    for (std::size_t i = 8; i <= 10; ++i)
      CHECK(rows[i].events < rows[i - 1].events);
    CHECK(rows[11].events == doctest::Approx(0.5));
    CHECK(rows[13].events == doctest::Approx(0.125));
  }

  TEST_CASE("a real layer on real states: each machine near the reference, scales calibrated elsewhere") {
    const auto model = workloads::load_language_model(folder());
    const std::string text = held_out();
    sim::LayerNumbers numbers{model.blocks[0].moe, first_inputs(model, text.substr(0, 19)),
                              first_inputs(model, text.substr(600, 60))};
    const auto reference = run_reference(model.layer, numbers.weights, numbers.hidden);
    double square = 0;
    for (const auto& token : reference.output)
      for (const double v : token)
        square += v * v;
    for (const char* name : {"loihi2", "gemini1"}) { // 18 tokens: more than one pass of gemini1
      CAPTURE(std::string(name));
      const auto values = sim::make_machine(name)->layer_values(model.layer, numbers);
      REQUIRE(values.output.size() == 18);
      REQUIRE(values.choices.size() == 18);
      double error = 0;
      for (std::size_t t = 0; t < 18; ++t)
        for (std::size_t i = 0; i < values.output[t].size(); ++i)
          error += std::pow(values.output[t][i] - reference.output[t][i], 2);
      CHECK(error > 0);
      CHECK(std::sqrt(error / square) < 0.15); // int8 all through; static scales saturate where others were seen
    }
  }

  TEST_CASE("values with a checkpoint's weights, by config.json and by published tensor names") {
    sim::ComparisonRequest request{folder() + "/config.json", {"loihi2", "gemini1", "h100"}, {2}, 1};
    request.checkpoint = folder();
    const auto checks = sim::compare_values(request);
    REQUIRE(checks.size() == 2);
    for (const auto& check : checks) {
      CAPTURE(check.machine);
      CHECK(check.router_identical);
      CHECK(check.within_bound);
      CHECK(check.worst_error > 0);
    }
    request.checkpoint_layer = 3;
    CHECK_THROWS_AS(sim::compare_values(request), InputError);
    request.checkpoint_layer = -1;
    request.workload = "reduced-moe"; // other shapes
    CHECK_THROWS_AS(sim::compare_values(request), InputError);
  }

  TEST_CASE("a model's config.json is compared like a catalog entry") {
    const auto run = sim::compare({folder() + "/config.json", {"loihi2", "h100"}, {1}, 1});
    CHECK(run.records.size() == 2);
    CHECK(run.inputs.front().name == "workload-config.json");
  }

  TEST_CASE("no evaluation without text or on an analytic baseline") {
    CHECK_THROWS_AS(sim::evaluate_model({folder(), "short", {}, 1}), InputError);
    CHECK_THROWS_AS(sim::evaluate_model({folder(), held_out(), {"h100"}, 1}), InputError);
  }
}
