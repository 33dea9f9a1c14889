// Dispatch and combine: bytes over links in closed form, and where they stand in a layer.
#include <doctest/doctest.h>

#include <string>

#include "description/error.hpp"
#include "mappings/gpu/exchange.hpp"
#include "mappings/gpu/lower.hpp"

using namespace moesaic;
using namespace moesaic::mappings::gpu;
using hw::gpu::Constants;
using hw::gpu::Precision;
using hw::gpu::Program;

static Constants linked() {
  Constants c;
  c.nvlink = 100e9, c.network = 10e9;
  c.nvlink_latency = 1e-6, c.network_latency = 5e-6;
  c.dispatch_launch = 20e-6;
  return c;
}

static double transfer(double ranks, double rows = 1000, double bytes = 8000) {
  Program program;
  return add_exchange(program, "x", {rows, bytes, ranks}, linked()).transfer;
}

TEST_SUITE("unit") {
  TEST_CASE("within a node all rows but a rank's own go over NVLink") {
    CHECK(transfer(8) == doctest::Approx(1e-6 + 7. / 8 * 8e6 / 100e9));
    CHECK(transfer(2) == doctest::Approx(1e-6 + 1. / 2 * 8e6 / 100e9));
  }

  TEST_CASE("across nodes the slower of NVLink and network counts") {
    CHECK(transfer(16) == doctest::Approx(5e-6 + 8. / 16 * 8e6 / 10e9));
    CHECK(transfer(144) == doctest::Approx(5e-6 + 136. / 144 * 8e6 / 10e9));
  }

  TEST_CASE("a rank alone exchanges nothing, and nothing takes no time") {
    CHECK(transfer(1) == 0);
    CHECK(transfer(16, 0) == 0);
  }

  TEST_CASE("FP8 rows carry a scale per 128 elements, others two bytes per element") {
    CHECK(dispatch_bytes(7168, Precision::fp8_block) == 7168 + 56 * 4);
    CHECK(dispatch_bytes(7168, Precision::int4) == 2 * 7168);
    CHECK(combine_bytes(7168) == 2 * 7168);
  }

  TEST_CASE("a GPU without the link is refused by the link's name") {
    Constants c = linked();
    c.network = 0;
    Program program;
    CHECK_THROWS_WITH_AS(add_exchange(program, "x", {1, 1, 16}, c), doctest::Contains("link.network"),
                         InputError);
    CHECK_NOTHROW(add_exchange(program, "x", {1, 1, 8}, c));
  }

  TEST_CASE("in expert parallelism each rank routes its own tokens, and the busier direction counts") {
    Constants c = linked();
    c.bf16_rate = 1e15, c.memory_bandwidth = 1e12, c.l2_bandwidth = 1e12, c.l2_size = 1e6;
    c.memory_efficiency = c.bf16_efficiency = c.dense_bf16_efficiency = 1, c.overlap_exponent = 4;
    LowerOptions options;
    options.ranks = 16;
    // 16 ranks of 10 tokens, two choices each: a rank sends 20 rows, the slowest receives 50.
    const RankLoad load{160, 320, 4, 50, 4, 64, 10};
    const Program program = lower({1000, 500, 64, 0}, load, c, options);
    double router_rows = 0, sent = 0;
    int exchanges = 0;
    for (const auto& kernel : program) {
      if (std::string(kernel.name) == "router")
        router_rows = kernel.rows;
      if (kernel.transfer > 0)
        ++exchanges, sent += kernel.transfer;
    }
    CHECK(router_rows == 10);
    CHECK(exchanges == 2);
    CHECK(sent == doctest::Approx(2 * (5e-6 + 50 * 2000. * 8 / 16 / 10e9)));
  }
}

TEST_SUITE("property") {
  TEST_CASE("more ranks never make an exchange shorter") {
    for (double ranks = 2; ranks < 512; ranks *= 2)
      CHECK(transfer(2 * ranks) >= transfer(ranks));
  }
}
