#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "description/error.hpp"
#include "description/unit.hpp"

using namespace moesaic;

TEST_SUITE("unit") {
  TEST_CASE("units are read into base units with their dimension") {
    struct Case {
      const char* text;
      double value;
      Dimension dimension;
    };
    const Case cases[] = {
        {"35.5 pJ", 35.5e-12, dimension::energy},
        {"3350 GB/s", 3350e9, dimension::bandwidth},
        {"400 Gbit/s", 50e9, dimension::bandwidth},
        {"192 KiB", 196608, dimension::data},
        {"500 MHz", 500e6, dimension::frequency},
        {"3.59 pJ/bit", 3.59e-12 * 8, dimension::energy_per_byte},
        {"0.6316 cycles/B", 0.6316, dimension::cycles_per_byte},
        {"989 TFLOP/s", 989e12, dimension::operation_rate},
        {"31 mm^2", 31e-6, dimension::area},
        {"128 cores", 128, dimension::count},
        {"7 entries", 7, dimension::count},
        {"4.1ns", 4.1e-9, dimension::time},
        {"80 %", 0.8, dimension::count},
    };
    for (const auto& c : cases) {
      CAPTURE(c.text);
      const Quantity q = parse_quantity(c.text);
      CHECK(q.value == doctest::Approx(c.value).epsilon(1e-12));
      CHECK(q.dimension == c.dimension);
    }
  }

  TEST_CASE("a number without a unit, an unknown unit and text are errors") {
    for (const char* text : {"35.5", "35.5 ", "abc pJ", "", "3 pX", "3 pJ/", "nan pJ", "3 s^9"}) {
      CAPTURE(text);
      CHECK_THROWS_AS(parse_quantity(text), InputError);
    }
    CHECK_THROWS_WITH_AS(parse_quantity("3 Ghz"), "unknown unit 'Ghz', did you mean 'GHz'?", InputError);
  }

  TEST_CASE("quantities are printed with one to three digits before the point") {
    CHECK(format_quantity(1.9e-3, "J") == "1.90 mJ");
    CHECK(format_quantity(12.4e-6, "s") == "12.4 us");
    CHECK(format_quantity(999.9e-6, "s") == "1.00 ms");
    CHECK(format_quantity(0, "J") == "0 J");
    CHECK(format_quantity(680, "W") == "680 W");
    CHECK(format_quantity(999.6, "W") == "1.00 kW");
  }
}

TEST_SUITE("property") {
  TEST_CASE("a printed quantity reads back within its digits") {
    CHECK(rc::check([](int mantissa, unsigned exponent) {
      const double value =
          (1.0 + std::abs(mantissa % 9000) / 1000.0) * std::pow(10.0, int(exponent % 24) - 12);
      const double read = parse_quantity(format_quantity(value, "J", 6)).value;
      RC_ASSERT(std::abs(read / value - 1) < 1e-5);
    }));
  }
}
