#include <doctest/doctest.h>

#include "sim/neuromorphic/floor_loads.hpp"

using namespace moesaic;
using namespace moesaic::sim;

namespace {

/// A hub core that sends 100 messages to two of an expert's cores, and one of them 7 back.
mappings::Traffic hub_and_expert() {
  mappings::Traffic traffic;
  traffic.vertices = {{0, 0}, {1, 0}, {1, 0}};
  traffic.groups = {{1, 2}, {0}};
  traffic.nets = {{0, 0, 0, 100}, {2, 1, 1, 7}};
  return traffic;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("sites hold what was placed there, and links between them are busy with the messages that cross") {
    mappings::Floor floor;
    floor.chips_across = 3;
    floor.routers_across = 2;
    floor.chip_cores = 2;
    floor.border = {4e-9, 10e-9, 0};
    floor.gateway = 0;
    const FloorLoads loads = floor_loads(hub_and_expert(), floor, {1, 2, 4});
    CHECK(loads.by_chip);
    CHECK(loads.across == 3);
    CHECK(loads.holder(0) == 0);
    CHECK(loads.holder(1) == 1);
    CHECK(loads.holder(2) == 1);
    std::vector<double> expected(12);
    expected[4 * 0 + mappings::to_east] = expected[4 * 1 + mappings::to_east] = 100 * 4e-9;
    expected[4 * 2 + mappings::to_west] = expected[4 * 1 + mappings::to_west] = 7 * 4e-9;
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(loads.busy[i] == doctest::Approx(expected[i]));
    CHECK(loads.busiest() == doctest::Approx(100 * 4e-9));
  }

  TEST_CASE("on one chip routers are the sites, an empty one holds nothing") {
    mappings::Floor floor;
    floor.routers_across = 4;
    floor.chip_cores = 4;
    floor.east_west = {1e-9, 2e-9, 0};
    const FloorLoads loads = floor_loads(hub_and_expert(), floor, {0, 1, 3});
    CHECK_FALSE(loads.by_chip);
    CHECK(loads.holder(2) == -1);
    CHECK(loads.busy[4 * 2 + mappings::to_east] == doctest::Approx(100e-9));
    CHECK(loads.busy[4 * 1 + mappings::to_west] == doctest::Approx(7e-9));
  }
}
