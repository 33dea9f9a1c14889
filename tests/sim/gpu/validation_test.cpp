// What `moesaic validate gpu` holds the baseline to.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "description/error.hpp"
#include "sim/validation/gpu.hpp"
#include "tests/workloads/temporary_file.hpp"

using namespace moesaic::sim;
using moesaic::results::ValidationRow;

static double median_error(const std::vector<ValidationRow>& rows, const char* group) {
  std::vector<double> errors;
  for (const auto& row : rows)
    if (row.group.find(group) != std::string::npos)
      errors.push_back(std::abs(row.error()));
  REQUIRE(!errors.empty());
  std::sort(errors.begin(), errors.end());
  return errors[errors.size() / 2];
}

TEST_SUITE("golden") {
  TEST_CASE("measured layers are met within the goal, and fitted rows say that they are") {
    const auto rows = validate_gpu();
    CHECK(median_error(rows, "MoE layers, latency") < 0.08);
    int layers = 0;
    for (const auto& row : rows)
      if (row.group.find("latency") != std::string::npos) {
        ++layers;
        CHECK(row.fitted);
      }
    CHECK(layers >= 60);
  }

  TEST_CASE("the exchange is within a fifth of every measurement that it was not fitted to") {
    for (const auto& row : validate_gpu())
      if (row.group.find("dispatch and combine") != std::string::npos && !row.fitted)
        CHECK_MESSAGE(std::abs(row.error()) < 0.2, row.what);
  }

  TEST_CASE("the other simulator is beaten at every batch but the smallest latency") {
    int beaten = 0, all = 0;
    for (const auto& row : validate_gpu())
      if (row.what.find("AttAcc") != std::string::npos) {
        ++all;
        beaten += row.what.find(": beaten") != std::string::npos;
      }
    CHECK(all == 10);
    CHECK(beaten >= 9);
  }

  TEST_CASE("the network's bound of a whole model comes out of the exchange model") {
    for (const auto& row : validate_gpu())
      if (row.group == "DeepSeek-V3, network alone")
        // 3 bytes per element and exchange, ours with 4 bytes of scale per 128
        CHECK(row.simulated / row.published == doctest::Approx((3 + 4. / 128) / 3).epsilon(1e-3));
  }
}

TEST_SUITE("unit") {
  static const std::string header = "gpu,engine,dtype,m,n,k,latency_ms\n";

  TEST_CASE("a file of measurements is drawn, one point per row") {
    const TemporaryFile data(
        ".csv", header + "h100,vllm,bfloat16,64,4096,4096,0.02\nh100,vllm,fp8,1,4096,4096,0.01\n");
    const TemporaryFile picture(".svg");
    validate_gpu_data({data.path(), picture.path(), false, true});
    std::ifstream in(picture.path());
    const std::string svg{std::istreambuf_iterator<char>(in), {}};
    int points = 0;
    for (std::size_t at = svg.find("<circle"); at != std::string::npos; at = svg.find("<circle", at + 1))
      ++points;
    CHECK(points == 2);
    CHECK(svg.find("</svg>") != std::string::npos);
  }

  TEST_CASE("a bad file leaves no picture behind, and one model alone cannot be left out") {
    const TemporaryFile bad(".csv", header + "h100,vllm,bfloat16,64,4096,4096,0\n");
    const std::string picture = bad.path() + ".svg";
    CHECK_THROWS_AS(validate_gpu_data({bad.path(), picture, false, false}), moesaic::InputError);
    CHECK_FALSE(std::filesystem::exists(picture));
    const TemporaryFile one(".csv", header + "h100,vllm,bfloat16,64,4096,4096,0.02\n");
    CHECK_THROWS_WITH_AS(validate_gpu_data({one.path(), "", true, false}), doctest::Contains("two models"),
                         moesaic::InputError);
  }
}
