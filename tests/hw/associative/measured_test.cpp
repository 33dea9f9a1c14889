// Operations that programs take as measured: their values follow from their definition.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "description/document.hpp"
#include "description/error.hpp"
#include "hw/associative/functional_core.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

double value_of(std::uint16_t h) {
  const double magnitude = (h >> 10 & 31) == 31 ? std::numeric_limits<double>::infinity()
                                                : std::ldexp(1024.0 + (h & 1023), (h >> 10 & 31) - 25);
  return h & 0x8000 ? -magnitude : magnitude;
}

struct Core {
  Description description = read_description(Document::load(catalog_file("hw/catalog", "gemini1", "machine")));
  OperationSet operations{description, Corner::nominal};
  FunctionalCore core{operations};
  std::size_t columns = static_cast<std::size_t>(description.shape.columns);
};

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("exp_f16 is the number nearest to the exponential, for every number") {
    Core c;
    REQUIRE(c.operations.find("exp_f16")->program);
    std::vector<std::uint16_t> x(c.columns);
    for (const unsigned half : {0u, 0x8000u}) { // both signs fill the columns
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<std::uint16_t>(half + i);
      c.core.set_vector(1, x);
      c.core.run("exp_f16", {0, 1});
      const auto z = c.core.vector(0);
      c.core.run("exp_f16", {1, 1});
      bool right = c.core.vector(1) == z;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const int exponent = x[i] >> 10 & 31;
        if (exponent == 31) {
          right = right && z[i] == (x[i] & 1023 ? 0x7e00 : half ? 0 : 0x7c00);
        } else if (exponent == 0) {
          right = right && z[i] == 0x3c00; // subnormals count as zeros
        } else {
          const double e = std::exp(value_of(x[i]));
          if (e < 0x1p-14) {
            right = right && z[i] == 0;
          } else if (z[i] == 0x7c00) {
            right = right && e >= 65520;
          } else { // no neighbour is nearer
            const double error = std::abs(value_of(z[i]) - e);
            const auto up = static_cast<std::uint16_t>(z[i] + 1), down = static_cast<std::uint16_t>(z[i] - 1);
            right = right && (up == 0x7c00 || std::abs(value_of(up) - e) >= error) &&
                    (z[i] == 0x400 || std::abs(value_of(down) - e) >= error);
          }
        }
      }
      CHECK(right);
    }
  }

  TEST_CASE("lookup_16 takes the entries of its table, and refuses others") {
    Core c;
    std::vector<std::uint16_t> x(c.columns), table(100);
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = static_cast<std::uint16_t>(7 * i + 3);
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<std::uint16_t>(i % 97);
    c.core.set_table(table);
    c.core.set_vector(1, x);
    c.core.run("lookup_16", {0, 1}, {97});
    const auto z = c.core.vector(0);
    bool right = true;
    for (std::size_t i = 0; i < x.size(); ++i)
      right = right && z[i] == 7 * x[i] + 3;
    CHECK(right);
    CHECK_THROWS_WITH_AS(c.core.run("lookup_16", {0, 1}, {96}), "lookup_16: column 96 asks for entry 96 of 96", InputError);
  }
}
