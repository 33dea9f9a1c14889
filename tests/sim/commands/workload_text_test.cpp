// `moesaic workload show`: shapes, sources, loads.
#include <doctest/doctest.h>

#include <regex>

#include "description/error.hpp"
#include "sim/commands/workload_text.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/trace_file.hpp"

using namespace moesaic;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Average loads of the bars, from the printed histogram, times the experts of each.
double total_load(const std::string& text) {
  const std::regex bar("experts +(\\d+) to +(\\d+) +([\\d.]+)");
  double sum = 0;
  for (std::sregex_iterator i(text.begin(), text.end(), bar), end; i != end; ++i)
    sum += (std::stod((*i)[2]) - std::stod((*i)[1]) + 1) * std::stod((*i)[3]);
  return sum;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("a layer is shown with its figures' sources and a histogram that holds every choice") {
    const std::string text = sim::workload_text("qwen3-30b-a3b", {64, 1, "", 0});
    CHECK(holds(text, "experts        128 routed + 0 shared, 4.72 M weights each"));
    CHECK(holds(text, "30.5 G, 3.3 G active per token"));
    CHECK(holds(text, "trace      moesaic_assumption   low"));
    CHECK(holds(text, "qwen3: Qwen Team, Qwen3 Technical Report, 2025; arXiv 2505.09388"));
    CHECK(total_load(text) == doctest::Approx(64 * 8).epsilon(0.01)); // bars are rounded to a tenth
    CHECK(holds(text, "mean 4.00"));
  }

  TEST_CASE("a request workload is shown with its model's layer, a program as it is written") {
    const std::string request = sim::workload_text("deepseek-r1-gpqa-mtp", {});
    CHECK(holds(request, "p50: 11265"));
    CHECK(holds(request, "58 of 61 are MoE"));
    CHECK(total_load(request) == doctest::Approx(128 * 8).epsilon(0.01));
    CHECK_FALSE(holds(sim::workload_text("apu-histogram", {}), "expert loads"));
  }

  TEST_CASE("the loads of a recorded trace") {
    const TemporaryFile file(".csv", "layer,token,expert\n0,0,0\n0,0,1\n0,1,0\n0,1,2\n1,0,3\n1,0,4\n1,1,3\n1,1,5\n");
    for (const int layer : {0, 1}) {
      const std::string text = sim::workload_text("mixtral-8x7b", {128, 1, file.path(), layer});
      CHECK(holds(text, "expert loads over 2 tokens"));
      CHECK(holds(text, "largest 2 (4.0 times the mean), idle experts 5"));
    }
    CHECK_THROWS_AS(sim::workload_text("mixtral-8x7b", {128, 1, file.path(), 2}), InputError);
    CHECK_THROWS_AS(sim::workload_text("apu-histogram", {128, 1, file.path(), 0}), InputError);
  }
}
