// The kernel model against closed forms: with ideal constants it is a plain roofline.
#include <doctest/doctest.h>

#include "hw/gpu/kernel.hpp"
#include "tests/hw/gpu/ideal_gpu.hpp"

using namespace moesaic::hw::gpu;

TEST_SUITE("unit") {
  TEST_CASE("a product of one row reads its weights at the memory's rate") {
    const Constants c = ideal_gpu();
    Kernel k;
    k.experts = 8, k.rows = 1, k.n = 4096, k.k = 2048;
    CHECK(kernel_cost(k, c, 1).seconds == doctest::Approx(8 * 4096. * 2048 * 2 / 1e12).epsilon(1e-3));
    k.precision = Precision::fp8;
    CHECK(kernel_cost(k, c, 1).seconds == doctest::Approx(8 * 4096. * 2048 / 1e12).epsilon(1e-3));
    CHECK(kernel_cost(k, c, 1).bytes == 8 * 4096. * 2048);
  }

  TEST_CASE("a product of many rows runs at the matrix unit's rate, and slower with the clock") {
    const Constants c = ideal_gpu();
    Kernel k;
    k.experts = 1, k.rows = k.padded = 65536, k.n = 4096, k.k = 4096;
    const double seconds = 2 * 65536. * 4096 * 4096 / 1e15;
    CHECK(kernel_cost(k, c, 1).seconds == doctest::Approx(seconds).epsilon(1e-3));
    CHECK(kernel_cost(k, c, 0.5).seconds == doctest::Approx(2 * seconds).epsilon(1e-3));
    CHECK(kernel_cost(k, c, 1).operations == 2 * 65536. * 4096 * 4096);
  }

  TEST_CASE("rows padded to a tile cost time, not operations") {
    const Constants c = ideal_gpu();
    Kernel k;
    k.experts = 1, k.rows = 65536, k.padded = 131072, k.n = 4096, k.k = 4096;
    CHECK(kernel_cost(k, c, 1).seconds == doctest::Approx(4 * 65536. * 4096 * 4096 / 1e15).epsilon(1e-3));
    CHECK(kernel_cost(k, c, 1).operations == 2 * 65536. * 4096 * 4096);
  }

  TEST_CASE("a partial wave costs one wave of tiles, whatever the number of rows") {
    Constants c = ideal_gpu();
    Kernel k;
    k.experts = 1, k.rows = k.padded = 65536, k.n = 4096, k.k = 4096;
    const double before = kernel_cost(k, c, 1).seconds;
    c.partial_wave = 1;
    CHECK(kernel_cost(k, c, 1).seconds - before ==
          doctest::Approx(2 * 100. * 128 * 128 * 4096 / 1e15).epsilon(1e-2));
  }

  TEST_CASE("weights held in the second-level cache do not travel from memory") {
    const Constants c = ideal_gpu();
    Kernel k;
    k.experts = 1, k.rows = 1, k.n = 4096, k.k = 2048, k.resident = 1;
    CHECK(kernel_cost(k, c, 1).bytes == 0);
    CHECK(kernel_cost(k, c, 1).seconds == doctest::Approx(4096. * 2048 * 2 / 4e12).epsilon(1e-3));
  }

  TEST_CASE("launches cost their gap only without a graph") {
    Constants c = ideal_gpu();
    c.launch_gap = 5e-6;
    Program program;
    program.add("a", Precision::bf16).fixed = 2e-6;
    program.add("b", Precision::bf16).fixed = 3e-6;
    CHECK(program_cost(program, c).seconds == doctest::Approx(5e-6));
    program.graph = false;
    CHECK(program_cost(program, c).seconds == doctest::Approx(15e-6));
  }

  TEST_CASE("a share of a peak above one, as an interval's end may be, does not beat the peak") {
    Constants c = ideal_gpu();
    Program stream;
    stream.add("copy", Precision::bf16).bytes = 1e12;
    Kernel product;
    product.experts = 1, product.rows = product.padded = 65536, product.n = product.k = 4096;
    const double one = program_cost(stream, c).seconds, two = kernel_cost(product, c, 1).seconds;
    c.memory_efficiency = c.bf16_efficiency = 1.3;
    CHECK(program_cost(stream, c).seconds == one);
    CHECK(kernel_cost(product, c, 1).seconds == two);
  }
}
