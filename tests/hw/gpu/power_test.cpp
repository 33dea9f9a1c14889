// Energy: the parts by hand, and a search for a program that beats the power limit.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "hw/gpu/kernel.hpp"
#include "tests/hw/gpu/ideal_gpu.hpp"

using namespace moesaic::hw::gpu;

static Program streaming(double bytes) {
  Program program;
  Kernel& copy = program.add("copy", Precision::bf16);
  copy.bytes = copy.memory_bytes = bytes;
  return program;
}

TEST_SUITE("unit") {
  TEST_CASE("below the limit, energy is idle and core power times time plus bytes times their energy") {
    const Cost cost = program_cost(streaming(1e12), ideal_gpu());
    CHECK(cost.seconds == doctest::Approx(1));
    CHECK(cost.joules == doctest::Approx(70 + 100 + 100));
    CHECK(cost.clock == 1);
  }

  TEST_CASE("at the limit a memory-bound program lowers the clock and keeps its time") {
    Constants c = ideal_gpu();
    c.byte_energy = 580e-12; // 70 + 100 + 580 W at full clock
    const Cost cost = program_cost(streaming(1e12), c);
    CHECK(cost.seconds == doctest::Approx(1));
    CHECK(cost.joules == doctest::Approx(700).epsilon(1e-3));
    CHECK(cost.clock * cost.clock == doctest::Approx(0.5).epsilon(1e-3)); // 50 W of core power are left
  }

  TEST_CASE("at the limit a compute-bound program stretches") {
    Constants c = ideal_gpu();
    c.core_power = 0;
    c.bf16_energy = 1e-12; // 1000 W of products at full clock
    Program program;
    Kernel& k = program.add("product", Precision::bf16);
    k.experts = 1, k.rows = k.padded = 1e6, k.n = k.k = 8192;
    const Cost cost = program_cost(program, c);
    const double free_running = 2 * 1e6 * 8192 * 8192 / 1e15;
    // Power of products goes with clock^2: 70 + 1000 f^2 = 700.
    CHECK(cost.clock * cost.clock == doctest::Approx(0.63).epsilon(2e-3));
    CHECK(cost.seconds == doctest::Approx(free_running / cost.clock).epsilon(1e-3));
  }

  TEST_CASE("where even the lowest clock is too much, work waits at idle power") {
    Constants c = ideal_gpu();
    c.byte_energy = 1e-9; // 1000 W of traffic, which no clock lowers
    const Cost cost = program_cost(streaming(1e12), c);
    CHECK(cost.spaced > 0);
    CHECK(cost.joules == doctest::Approx(700 * cost.seconds));
  }
}

TEST_SUITE("property") {
  TEST_CASE("no program makes energy over time exceed the power limit") {
    rc::check([] {
      Constants c = ideal_gpu();
      const auto factor = [] { return *rc::gen::inRange(0, 4000) / 100.0; };
      c.byte_energy *= factor(), c.bf16_energy *= factor(), c.fp8_energy *= factor(),
          c.core_power *= factor();
      c.overlap_exponent = 1 + factor();
      c.clock_exponent = 1 + factor() / 20;
      Program program;
      const int kernels = *rc::gen::inRange(1, 12);
      for (int i = 0; i < kernels; ++i) {
        Kernel& k = program.add("k", *rc::gen::element(Precision::bf16, Precision::fp8, Precision::fp8_block,
                                                       Precision::int8, Precision::int4));
        k.fixed = *rc::gen::inRange(0, 100) * 1e-6;
        k.bytes = *rc::gen::inRange(0, 1000) * 1e6;
        k.memory_bytes = k.bytes * 0.5;
        k.least = *rc::gen::inRange(0, 50) * 1e-6;
        k.dense = *rc::gen::arbitrary<bool>();
        k.experts = *rc::gen::inRange(1, 256);
        k.rows = *rc::gen::inRange(0, 100000);
        k.padded = k.rows + *rc::gen::inRange(0, 1000);
        k.n = *rc::gen::inRange(1, 30000), k.k = *rc::gen::inRange(1, 30000);
      }
      const Cost cost = program_cost(program, c);
      RC_ASSERT(cost.joules <= c.power_limit * cost.seconds * (1 + 1e-12));
      RC_ASSERT(cost.clock >= c.clock_floor && cost.clock <= 1);
      const double parts = cost.memory + cost.compute + cost.overhead + cost.transfer;
      RC_ASSERT(std::abs(parts - cost.seconds) <= 1e-9 * cost.seconds);
    });
  }

  TEST_CASE("more work never takes less time or energy") {
    rc::check([] {
      const Constants c = ideal_gpu();
      const auto layer = [&](double rows, double experts) {
        Program program;
        Kernel& k = program.add("k", Precision::fp8);
        k.experts = experts, k.rows = k.padded = rows, k.n = 4096, k.k = 7168;
        return program_cost(program, c);
      };
      const double rows = *rc::gen::inRange(1, 100000), experts = *rc::gen::inRange(1, 255);
      const Cost less = layer(rows, experts), more = layer(rows * 1.5, experts + 1);
      RC_ASSERT(more.seconds >= less.seconds);
      RC_ASSERT(more.joules >= less.joules * (1 - 1e-3)); // the throttled clock is found to 1e-4
    });
  }
}
