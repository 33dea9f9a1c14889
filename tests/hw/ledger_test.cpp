#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <stdexcept>

#include "hw/ledger.hpp"

using namespace moesaic;
using namespace moesaic::hw;

namespace {

Figure figure(double value, const Dimension& dimension) {
  return Figure::derived(value, value / 2, value * 2, dimension, "core.synapse", "davies2018",
                         Confidence::low);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("energy is counts times the table, power lines are watts times seconds at each end") {
    Ledger ledger;
    const auto synapse = ledger.declare("core", "synaptic operation", figure(23.6e-12, dimension::energy));
    ledger.count(synapse, 1000);
    ledger.count(synapse);
    ledger.add_power("chip", "static", EnergyKind::static_power, figure(1, dimension::power), 24, 1e-3,
                     0.5e-3, 2e-3);
    const auto lines = ledger.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].joules == doctest::Approx(1001 * 23.6e-12));
    CHECK(lines[0].high == doctest::Approx(1001 * 47.2e-12));
    CHECK(lines[1].joules == doctest::Approx(24e-3));
    CHECK(lines[1].low == doctest::Approx(24 * 0.5 * 0.5e-3));
    CHECK(lines[1].high == doctest::Approx(24 * 2 * 2e-3));
    CHECK(lines[1].count == 0);
  }

  TEST_CASE("a figure of the wrong dimension is a bug, not a result") {
    Ledger ledger;
    CHECK_THROWS_AS(ledger.declare("core", "x", figure(1, dimension::power)), std::logic_error);
    CHECK_THROWS_AS(ledger.add_power("core", "x", EnergyKind::idle, figure(1, dimension::energy), 1, 1, 1, 1),
                    std::logic_error);
  }
}

TEST_SUITE("property") {
  TEST_CASE("counts never get lost, in whatever order they come") {
    CHECK(rc::check([](const std::vector<std::uint8_t>& counts) {
      Ledger ledger;
      const auto a = ledger.declare("a", "x", figure(1e-12, dimension::energy));
      const auto b = ledger.declare("b", "x", figure(1e-12, dimension::energy));
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < counts.size(); ++i)
        ledger.count(i % 2 ? a : b, counts[i]), sum += counts[i];
      RC_ASSERT(ledger.counted(a) + ledger.counted(b) == sum);
    }));
  }
}
