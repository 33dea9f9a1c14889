#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "description/error.hpp"
#include "mappings/placement/floor.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

TEST_SUITE("unit") {
  TEST_CASE("slots stand chip by chip, router by router") {
    Floor floor;
    floor.chips_across = 3;
    floor.chips_down = 2;
    floor.routers_across = 8;
    floor.routers_down = 4;
    floor.cores_per_router = 4;
    floor.chip_cores = 120;
    CHECK(floor.slots() == 720);
    CHECK(floor.router_of(0) == 0);
    CHECK(floor.router_of(3) == 0);
    CHECK(floor.router_of(4) == 1);
    CHECK(floor.router_of(119) == 3 * 24 + 5);             // local router 29 is at 5, 3
    CHECK(floor.router_of(120) == 8);                      // the next chip's first router
    CHECK(floor.router_of(floor.slot_of(3, 0)) == 4 * 24); // the second row of chips
  }

  TEST_CASE("links at a chip's rim are borders, in all four directions") {
    Floor floor;
    floor.chips_across = floor.chips_down = 2;
    floor.routers_across = 3;
    floor.routers_down = 2;
    floor.east_west.occupancy = 1;
    floor.north_south.occupancy = 2;
    floor.border.occupancy = 3;
    const auto cost = [&](int x, int y, Direction d) {
      return floor.cost_of(Floor::link_of(y * 6 + x, d)).occupancy;
    };
    CHECK(cost(1, 0, to_east) == 1);
    CHECK(cost(2, 0, to_east) == 3);
    CHECK(cost(3, 0, to_west) == 3);
    CHECK(cost(4, 0, to_west) == 1);
    CHECK(cost(4, 1, to_south) == 3);
    CHECK(cost(4, 2, to_north) == 3);
    CHECK(cost(4, 1, to_north) == 2);
    CHECK(cost(4, 2, to_south) == 2);
  }

  TEST_CASE("impossible floors are refused") {
    Floor floor;
    floor.chip_cores = 2;
    CHECK_THROWS_AS(check_floor(floor), InputError);
    floor.chip_cores = 1;
    CHECK_NOTHROW(check_floor(floor));
    floor.chips_down = 0;
    CHECK_THROWS_AS(check_floor(floor), InputError);
    floor.chips_across = floor.chips_down = 1 << 15;
    CHECK_THROWS_AS(check_floor(floor), InputError);
  }

  TEST_CASE("the grid is nearly square and large enough") {
    for (int chips = 1; chips < 1300; ++chips) {
      Floor floor;
      shape_grid(floor, chips);
      CHECK(floor.chips() >= chips);
      CHECK(floor.chips() - chips < floor.chips_across);
      CHECK(std::abs(floor.chips_across - floor.chips_down) <= 1);
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("the Hilbert curve visits every chip of any rectangle once, in steps to a neighbour") {
    for (int width = 1; width <= 24; ++width)
      for (int height = 1; height <= 24; ++height) {
        std::vector<int> order = hilbert_order(width, height);
        int jumps = 0;
        for (std::size_t i = 1; i < order.size(); ++i) {
          const int dx = std::abs(order[i] % width - order[i - 1] % width);
          const int dy = std::abs(order[i] / width - order[i - 1] / width);
          REQUIRE(std::max(dx, dy) == 1);
          jumps += dx + dy == 2; // a diagonal step, which parity forces on some rectangles
        }
        CHECK(jumps <= 1);
        std::sort(order.begin(), order.end());
        std::vector<int> all(static_cast<std::size_t>(width) * height);
        std::iota(all.begin(), all.end(), 0);
        CHECK(order == all);
      }
  }
}
