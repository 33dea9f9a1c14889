#include <doctest/doctest.h>

#include "description/error.hpp"
#include "hw/noc/config.hpp"

using namespace moesaic;
using namespace moesaic::hw::noc;

TEST_SUITE("unit") {
  TEST_CASE("neighbours end at a mesh's edge and go round a torus") {
    const Topology mesh = Topology::mesh(4, 3);
    CHECK(mesh.neighbour(mesh.router_at(3, 1), east) == -1);
    CHECK(mesh.neighbour(mesh.router_at(3, 1), west) == mesh.router_at(2, 1));
    CHECK(mesh.neighbour(mesh.router_at(0, 0), north) == -1);
    CHECK(mesh.neighbour(mesh.router_at(0, 0), south) == mesh.router_at(0, 1));
    const Topology torus = Topology::torus(4, 3);
    CHECK(torus.neighbour(torus.router_at(3, 1), east) == torus.router_at(0, 1));
    CHECK(torus.neighbour(torus.router_at(2, 0), north) == torus.router_at(2, 2));
  }

  TEST_CASE("chip and board borders have links of their own class") {
    // 2 x 1 boards of 2 x 2 chips of 4 x 2 routers
    const Topology grid = Topology::chips(2, 1, 4, {{4, 2, {"chip", 10, 4}}, {2, 2, {"board", 100, 16}}});
    CHECK(grid.width() == 16);
    CHECK(grid.height() == 4);
    CHECK(grid.chips() == 8);
    CHECK(grid.cores_per_chip() == 32);
    CHECK(grid.link_class(grid.router_at(2, 0), east) == east_west_link);
    CHECK(grid.link_class(grid.router_at(3, 0), east) == first_level_link);
    CHECK(grid.link_class(grid.router_at(4, 0), west) == first_level_link);
    CHECK(grid.link_class(grid.router_at(7, 3), east) == first_level_link + 1);
    CHECK(grid.link_class(grid.router_at(8, 3), west) == first_level_link + 1);
    CHECK(grid.link_class(grid.router_at(5, 1), south) == first_level_link);
    CHECK(grid.link_class(grid.router_at(5, 0), south) == north_south_link);
    CHECK(grid.link_class(grid.router_at(5, 0), first_local + 2) == local_link);
  }

  TEST_CASE("cores are numbered chip by chip and back") {
    const Topology grid = Topology::chips(3, 2, 4, {{8, 4, {"chip", 10, 4}}});
    for (int chip = 0; chip < grid.chips(); ++chip)
      for (int core = 0; core < grid.cores_per_chip(); core += 5) {
        const int endpoint = grid.endpoint_of(chip, core);
        CHECK(grid.chip_of(endpoint) == chip);
        CHECK(grid.core_of(endpoint) == core);
      }
  }

  TEST_CASE("what cannot be built is refused") {
    CHECK_THROWS_AS(Topology::mesh(0, 4), InputError);
    CHECK_THROWS_AS(Topology::mesh(4, 4, 13), InputError);
    CHECK_THROWS_AS(Topology::chips(100, 1, 1, {{8, 4, {}}, {4, 1, {}}}), InputError);
    NetworkConfig config{Topology::torus(4, 4)};
    CHECK_THROWS_WITH_AS(check(config), doctest::Contains("dateline"), InputError);
    config.virtual_channels = 2;
    CHECK_NOTHROW(check(config));
    config.routing = Routing::west_first;
    CHECK_THROWS_AS(check(config), InputError);
    config = NetworkConfig{Topology::mesh(4, 4)};
    config.virtual_channels = 13; // 5 ports x 13 > 64
    CHECK_THROWS_AS(check(config), InputError);
    config.virtual_channels = 1;
    config.depth = 0;
    CHECK_THROWS_AS(check(config), InputError);
    CHECK_THROWS_WITH_AS(Pipeline::named("rc0spec"), doctest::Contains("rc0-spec"), InputError);
  }
}
