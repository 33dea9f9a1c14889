#include <doctest/doctest.h>

#include "description/figure.hpp"

using namespace moesaic;

TEST_SUITE("unit") {
  TEST_CASE("a corner takes the end that makes a run faster or slower, and leaves energies alone") {
    Figure f;
    f.value = 2, f.low = 1, f.high = 4;
    f.dimension = dimension::time;
    CHECK(f.at(Corner::fast) == 1);
    CHECK(f.at(Corner::slow) == 4);
    CHECK(f.at(Corner::nominal) == 2);
    f.dimension = dimension::bandwidth;
    CHECK(f.at(Corner::fast) == 4);
    CHECK(f.at(Corner::slow) == 1);
    f.dimension = dimension::cycles_per_byte;
    CHECK(f.at(Corner::slow) == 4);
    f.dimension = dimension::power;
    CHECK(f.at(Corner::slow) == 2);
    f.dimension = dimension::count;
    CHECK(f.at(Corner::slow) == 2);
  }
}
