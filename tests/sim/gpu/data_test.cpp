// Measurement files: what is read, and where a bad one is bad.
#include <doctest/doctest.h>

#include <fstream>
#include <numeric>

#include "description/error.hpp"
#include "sim/gpu/data.hpp"
#include "tests/workloads/temporary_file.hpp"

using namespace moesaic;
using namespace moesaic::sim;

static const std::string header =
    "gpu,engine,model,dtype,hidden,intermediate,top_k,experts,ep,distribution,tokens,latency_ms,power_w\n";
static const std::string good = "H200,vllm-0.22.0,m,fp8,2048,768,8,128,1,balanced,64,0.25,512.5\n";

static std::string complaint(const std::string& text) {
  const TemporaryFile file("measured.csv", text);
  try {
    read_gpu_rows(file.path());
  } catch (const InputError& error) {
    const std::string message = error.what();
    return message.substr(message.find("measured.csv") + 12);
  }
  return "";
}

static std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_SUITE("unit") {
  TEST_CASE("columns may come in any order, power may be missing") {
    const TemporaryFile file("measured.csv",
                             "k,n,m,latency_ms,dtype,engine,gpu\n2048,512,16,0.02,bfloat16,vllm,h100\n");
    const auto rows = read_gpu_rows(file.path());
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].dense());
    CHECK(rows[0].k == 2048);
    CHECK(rows[0].seconds == doctest::Approx(20e-6));
    CHECK(rows[0].watts == 0);
  }

  TEST_CASE("bad cells are refused with line and column") {
    CHECK(complaint(header + good) == "");
    const auto cell = [](const char* from, const char* to) {
      return complaint(header + good + replaced(good, from, to));
    };
    CHECK(cell("0.25", "-0.25").find(":3:53: latency_ms: -0.25 is no time") == 0);
    CHECK(cell("0.25", "fast").find(":3:53: latency_ms: 'fast' is not a number") == 0);
    CHECK(cell("0.25", "0.00000001").find("is it in seconds?") != std::string::npos);
    CHECK(cell("0.25", "250000").find("is it in microseconds?") != std::string::npos);
    CHECK(cell("512.5", "512500").find("is it in milliwatts?") != std::string::npos);
    CHECK(cell("H200", "H20O").find(":3:1: unknown GPU 'H20O'") == 0);
    CHECK(cell("fp8", "fp9").find(":3:20: unknown precision 'fp9'") == 0);
    CHECK(cell("balanced", "skewed").find("power_law_ALPHA") != std::string::npos);
    CHECK(cell(",128,1,", ",128,3,").find("ep does not divide the experts") != std::string::npos);
    CHECK(cell(",64,", ",6.4,").find("whole number") != std::string::npos);
    CHECK(cell(",512.5", "").find("12 cells where the header has 13") != std::string::npos);
  }

  TEST_CASE("bad headers are refused") {
    CHECK(complaint(replaced(header, "tokens", "token") + good).find("column 'tokens' is missing") !=
          std::string::npos);
    CHECK(complaint(replaced(header, "latency_ms", "latency_us") + good).find("in milliseconds") !=
          std::string::npos);
    CHECK(complaint(replaced(header, "power_w", "colour") + good).find("unknown column 'colour'") !=
          std::string::npos);
    CHECK(complaint(replaced(header, "model", "gpu") + good).find("stands twice") != std::string::npos);
    CHECK(complaint(header).find("a header and no rows") != std::string::npos);
    CHECK(complaint("").find("empty") != std::string::npos);
  }

  TEST_CASE("loads: balanced ones are even, drawn ones sum to the batch and repeat") {
    GpuRow row;
    row.top_k = 8, row.experts = 128, row.ranks = 1, row.tokens = 64, row.distribution = "balanced";
    const auto even = loads_of(row);
    REQUIRE(even.size() == 1);
    CHECK(even[0].touched == 128);
    CHECK(even[0].padded == 128 * 16);
    row.distribution = "power_law_1.2";
    const auto drawn = loads_of(row), again = loads_of(row);
    REQUIRE(drawn.size() == again.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      CHECK(drawn[i].rows == 64 * 8);
      CHECK(drawn[i].touched < 128);
      CHECK(drawn[i].touched == again[i].touched);
    }
  }
}
