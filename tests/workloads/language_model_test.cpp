// The small model that is committed: the reference must find the cross-entropy that its training recorded.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>

#include <nlohmann/json.hpp>

#include "description/document.hpp"
#include "description/error.hpp"
#include "workloads/language_model.hpp"
#include "workloads/reference.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

std::string folder() {
  return (std::filesystem::path(catalog_folder("workloads/catalog")).parent_path() / "small_model").string();
}

std::string content(const std::string& name) {
  std::ifstream in(folder() + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("held-out cross-entropy is what PyTorch recorded, and far below that of guessing") {
    const LanguageModel model = load_language_model(folder());
    const auto windows = text_windows(model, content("held-out.txt"));
    const auto record = nlohmann::json::parse(content("training.json"));
    const auto recorded = record.at("excerpt_window_cross_entropy").get<std::vector<double>>();
    REQUIRE(windows.size() == recorded.size());
    CHECK(mean(recorded) == doctest::Approx(record.at("excerpt_cross_entropy").get<double>()).epsilon(1e-5));
    std::vector<int> load(static_cast<std::size_t>(model.layer.routed));
    for (const std::size_t w : {std::size_t{0}, windows.size() - 1}) {
      const auto losses = byte_losses(model, windows[w], [&](int block, const Matrix& hidden) {
        auto result = run_reference(model.layer, model.blocks[static_cast<std::size_t>(block)].moe, hidden);
        const auto chosen = result.routing.load();
        std::transform(chosen.begin(), chosen.end(), load.begin(), load.begin(), std::plus<>());
        return result.output;
      });
      CHECK(losses.size() == 256);
      // fp32 there, double here; a near tie may send a token to another expert.
      CHECK(mean(losses) == doctest::Approx(recorded[w]).epsilon(2e-3));
      CHECK(mean(losses) < 1.3);
    }
    // Balanced without an auxiliary loss: no expert is idle, none takes three times the mean.
    const double average = std::accumulate(load.begin(), load.end(), 0.0) / model.layer.routed;
    for (const int tokens : load) {
      CHECK(tokens > 0);
      CHECK(tokens < 3 * average);
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("the MoE layers matter: without them the text is hardly predicted") {
    const LanguageModel model = load_language_model(folder());
    const std::string window = text_windows(model, content("held-out.txt")).front();
    const auto nothing = [&](int, const Matrix& hidden) {
      return std::vector<std::vector<double>>(static_cast<std::size_t>(hidden.rows),
                                              std::vector<double>(static_cast<std::size_t>(hidden.cols)));
    };
    CHECK(mean(byte_losses(model, window, nothing)) > 2.0);
  }

  TEST_CASE("attention is causal: later bytes change no earlier loss") {
    const LanguageModel model = load_language_model(folder());
    const auto moe = reference_moe(model);
    const auto one = byte_losses(model, "In the beginning God", moe), other = byte_losses(model, "In the begin xxxxxxx", moe);
    for (std::size_t i = 0; i < 11; ++i)
      CHECK(one[i] == other[i]);
    CHECK(one[12] != other[12]);
  }

  TEST_CASE("bad input: bytes outside the vocabulary, windows too short or long, no model") {
    const LanguageModel model = load_language_model(folder());
    const auto moe = reference_moe(model);
    CHECK_THROWS_AS(byte_losses(model, "caf\xc3\xa9", moe), InputError);
    CHECK_THROWS_AS(byte_losses(model, "a", moe), InputError);
    CHECK_THROWS_AS(byte_losses(model, std::string(258, 'a'), moe), InputError);
    CHECK_THROWS_AS(load_language_model("/nowhere"), InputError);
  }
}
