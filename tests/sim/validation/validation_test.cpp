// What `moesaic validate neuromorphic` shows.
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "sim/validation/validate.hpp"

using namespace moesaic;

TEST_SUITE("system") {
  TEST_CASE("every chip has rows, and fitted ones are met") {
    std::set<std::string> chips;
    for (const auto& row : sim::validate_neuromorphic()) {
      CAPTURE(row.group);
      CAPTURE(row.what);
      chips.insert((row.group + row.what).substr(0, 5));
      CHECK(std::isfinite(row.simulated));
      CHECK(row.published > 0);
      CHECK(!row.source.empty());
      if (row.fitted)
        CHECK(std::abs(row.error()) < 0.25);
    }
    CHECK(chips == std::set<std::string>{"Loihi", "TrueN", "SpiNN", "North"});
  }
}
