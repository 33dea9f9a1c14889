#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"
#include "workloads/quantisation.hpp"
#include "workloads/random.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

const NumberFormat formats[] = {NumberFormat::fp32,  NumberFormat::bf16, NumberFormat::fp8_e4m3,
                                NumberFormat::int8,  NumberFormat::int4, NumberFormat::ternary,
                                NumberFormat::binary};

Matrix random_matrix(Random& random, int rows, int cols, double scale) {
  Matrix m(rows, cols);
  for (float& v : m.value)
    v = static_cast<float>(scale * random.normal());
  return m;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every E4M3 byte survives the way there and back") {
    for (int byte = 0; byte < 256; ++byte) {
      const float value = e4m3_from_byte(static_cast<std::uint8_t>(byte));
      if ((byte & 0x7f) == 0x7f) {
        CHECK(std::isnan(value));
        continue;
      }
      CHECK(e4m3_to_byte(value) == byte);
      CHECK(round_to_format(NumberFormat::fp8_e4m3, value) == value);
    }
    CHECK(e4m3_from_byte(0x7e) == 448);                       // OCP 8-bit floating point, table 2
    CHECK(e4m3_from_byte(0x01) == std::ldexp(1.0f, -9));      // smallest subnormal
    CHECK(e4m3_from_byte(0x08) == std::ldexp(1.0f, -6));      // smallest normal
    CHECK(round_to_format(NumberFormat::fp8_e4m3, 17) == 16); // ties to even
    CHECK(round_to_format(NumberFormat::fp8_e4m3, 19) == 20);
  }

  TEST_CASE("half precision: the standard's landmarks") {
    CHECK(f16_from_bits(0x3c00) == 1);
    CHECK(f16_from_bits(0x7bff) == 65504);
    CHECK(f16_from_bits(0x0001) == std::ldexp(1.0f, -24));
    CHECK(f16_from_bits(0xfc00) == -std::numeric_limits<float>::infinity());
  }

  TEST_CASE("bf16 rounds to nearest, ties to even") {
    CHECK(round_to_bf16(1 + 0x1p-8f) == 1);
    CHECK(round_to_bf16(1 + 0x3p-8f) == 1 + 0x1p-6f);
    CHECK(round_to_bf16(1 + 0x1.01p-8f) == 1 + 0x1p-7f);
  }

  TEST_CASE("int8 of a row uses its largest magnitude; ternary follows BitNet b1.58, binary XNOR-Net") {
    Matrix m(1, 4);
    m.value = {-2, 1, 0.1f, 0.5f};
    const Quantised i8 = quantise(m, NumberFormat::int8, {1, 0});
    CHECK(i8.scale[0] == doctest::Approx(2.0 / 127));
    CHECK(i8.code == std::vector<float>{-127, 64, 6, 32}); // 63.5 to even, 6.35, 31.75
    const Quantised t = quantise(m, NumberFormat::ternary, {1, 0});
    CHECK(t.scale[0] == doctest::Approx(0.9));
    CHECK(t.code == std::vector<float>{-1, 1, 0, 1});
    const Quantised b = quantise(m, NumberFormat::binary, {1, 0});
    CHECK(b.code == std::vector<float>{-1, 1, 1, 1});
    CHECK(b.value(0, 2) == doctest::Approx(0.9));
  }

  TEST_CASE("zeros stay zeros in every format") {
    for (const NumberFormat format : formats)
      CHECK(dequantise(quantise(Matrix(3, 5), format, {1, 0})).value == Matrix(3, 5).value);
  }

  TEST_CASE("numbers that are not finite and unknown formats are refused") {
    Matrix m(1, 2);
    m.value = {1, std::numeric_limits<float>::infinity()};
    CHECK_THROWS_WITH_AS(quantise(m, NumberFormat::int8, {1, 0}), "element (0, 1) is not a finite number",
                         InputError);
    CHECK_THROWS_WITH_AS(number_format("int7"), "unknown number format 'int7', did you mean 'int8'?",
                         InputError);
    CHECK(number_format("fp8_e4m3") == NumberFormat::fp8_e4m3);
  }
}

TEST_SUITE("property") {
  TEST_CASE("no element strays further than its bound, and some come near it") {
    for (const NumberFormat format : formats) {
      CAPTURE(std::string(to_string(format)));
      double nearest = 0;
      CHECK(rc::check([&] {
        Random random(*rc::gen::arbitrary<std::uint64_t>());
        const int rows = *rc::gen::inRange(1, 20), cols = *rc::gen::inRange(1, 300);
        const BlockShape block{*rc::gen::inRange(0, 8), *rc::gen::inRange(0, 130)};
        const double scale = *rc::gen::element(1e-42, 1e-33, 1e-3, 1.0, 1e4, 1e30);
        const Matrix m = random_matrix(random, rows, cols, scale);
        const Quantised q = quantise(m, format, block);
        for (int r = 0; r < rows; ++r)
          for (int c = 0; c < cols; ++c) {
            const double error = std::abs(m.at(r, c) - q.value(r, c)), bound = q.error_bound(r, c);
            RC_ASSERT(error <= bound);
            if (bound > 0)
              nearest = std::max(nearest, error / bound);
          }
      }));
      if (format != NumberFormat::fp32)
        CHECK(nearest > 0.98);
    }
  }

  TEST_CASE("rounding is monotone") {
    CHECK(rc::check([] {
      Random random(*rc::gen::arbitrary<std::uint64_t>());
      const double scale = *rc::gen::element(1e-3, 1.0, 100.0, 1000.0);
      const auto a = static_cast<float>(scale * random.normal()),
                 b = static_cast<float>(scale * random.normal());
      for (const NumberFormat format : formats)
        RC_ASSERT(round_to_format(format, std::min(a, b)) <= round_to_format(format, std::max(a, b)));
    }));
  }
}
