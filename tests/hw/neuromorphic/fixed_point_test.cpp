#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "hw/neuromorphic/fixed_point.hpp"

using namespace moesaic::hw;

TEST_SUITE("property") {
  TEST_CASE("rescaling keeps its error") {
    CHECK(rc::check("rescale", [] {
      const auto value = *rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 37), std::int64_t{1} << 37);
      const double factor = std::ldexp(1 + *rc::gen::inRange(0, 1000) / 1000.0, *rc::gen::inRange(-40, 10));
      const double exact = static_cast<double>(value) * factor;
      const auto result = static_cast<double>(Rescale(factor)(value));
      RC_ASSERT(std::abs(result - exact) <= 0.5 + std::abs(exact) * Rescale::relative_error);
    }));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("the sigmoid keeps its error everywhere, is monotone and symmetric") {
    const SigmoidTable sigmoid;
    double worst = 0;
    std::int64_t before = -1;
    for (std::int64_t x = -(std::int64_t{20} << SigmoidTable::input_bits);
         x <= std::int64_t{20} << SigmoidTable::input_bits; x += 997) {
      const double exact = 1 / (1 + std::exp(-std::ldexp(static_cast<double>(x), -SigmoidTable::input_bits)));
      const std::int64_t y = sigmoid(x);
      worst =
          std::max(worst, std::abs(std::ldexp(static_cast<double>(y), -SigmoidTable::output_bits) - exact));
      CHECK(y >= before);
      before = y;
    }
    CHECK(worst <= SigmoidTable::error());
    CHECK(worst > SigmoidTable::error() / 10);
  }
}
