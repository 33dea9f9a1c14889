// An empty network's latency, in closed form: with H routers on the way, S cycles in each and on the wire behind it,
// T0 = S H + 2 + (flits - 1); slower links add what they take longer.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "hw/noc/network.hpp"
#include "hw/noc/routing_table.hpp"
#include "recorder.hpp"
#include "tests/workloads/temporary_file.hpp"

using namespace moesaic::hw::noc;

namespace {

constexpr int spec_cycles = 3; ///< S of the speculative router without a routing cycle

NetworkConfig fast(Topology topology) {
  NetworkConfig config{std::move(topology)};
  config.pipeline = Pipeline::named("rc0-spec");
  config.virtual_channels = config.topology.wraps() ? 2 : 1;
  config.depth = 8; // deep enough that the credit loop does not stall a packet
  return config;
}

int across(const Topology& grid, int from, int to) {
  return std::abs(grid.x_of(grid.router_of(from)) - grid.x_of(grid.router_of(to)));
}
int down(const Topology& grid, int from, int to) {
  return std::abs(grid.y_of(grid.router_of(from)) - grid.y_of(grid.router_of(to)));
}
int base(int routers, int flits) {
  return spec_cycles * routers + 2 + flits - 1;
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("a torus goes the shorter way round in both dimensions") {
    const NetworkConfig config = fast(Topology::torus(6, 5));
    const Topology& grid = config.topology;
    for (const int flits : {1, 4})
      test::check_alone(config, 3, flits, [&](int from, int to) {
        const int dx = across(grid, from, to), dy = down(grid, from, to);
        const int links = std::min(dx, 6 - dx) + std::min(dy, 5 - dy);
        return base(links + 1, flits) + links; // folded: a link spans two tiles and takes two cycles
      });
  }

  TEST_CASE("a concentrated mesh has four endpoints to a router") {
    const NetworkConfig config = fast(Topology::mesh(3, 4, 4));
    const Topology& grid = config.topology;
    test::check_alone(config, 3, 3, [&](int from, int to) { return base(across(grid, from, to) + down(grid, from, to) + 1, 3); });
  }

  TEST_CASE("west-first routing is minimal") {
    NetworkConfig config = fast(Topology::mesh(5, 5));
    config.routing = Routing::west_first;
    const Topology& grid = config.topology;
    for (const int flits : {1, 4})
      test::check_alone(config, 3, flits,
                [&](int from, int to) { return base(across(grid, from, to) + down(grid, from, to) + 1, flits); });
  }

  TEST_CASE("a table's detour costs its hops") {
    // 3 x 1 would be shorter: from router 0, what is for router 2 goes down, east twice and up.
    NetworkConfig config = fast(Topology::mesh(3, 2));
    const TemporaryFile file(".txt");
    std::ofstream(file.path()) << "0 2 south\n3 2 east\n4 2 east\n5 2 north\n";
    config.routing = Routing::table;
    config.table = std::make_shared<RoutingTable>(RoutingTable::load(file.path(), config.topology));
    const Topology& grid = config.topology;
    test::check_alone(config, 3, 1, [&](int from, int to) {
      const int detour = from == 0 && to == 2 ? 2 : 0;
      return base(across(grid, from, to) + down(grid, from, to) + 1 + detour, 1);
    });
  }

  TEST_CASE("a tree of chips adds its links' latency, and their width spaces the flits") {
    // Boards of 2 x 1 chips of 2 x 2 routers: chip links of 12 cycles and 3 per flit, board links of 40 and 7.
    const NetworkConfig config = fast(Topology::chips(2, 2, 1, {{2, 2, {"chip", 12, 3}}, {2, 1, {"board", 40, 7}}}));
    const Topology& grid = config.topology;
    REQUIRE(grid.width() == 8);
    REQUIRE(grid.height() == 4);
    for (const int flits : {1, 4})
      test::check_alone(config, 3, flits, [&](int from, int to) {
        int expected = base(across(grid, from, to) + down(grid, from, to) + 1, flits), slowest = 1;
        const auto cross = [&](int latency, int spacing) {
          expected += latency - 1;
          slowest = std::max(slowest, spacing);
        };
        const auto walk = [&](int a, int b, int chip, int board) {
          for (int i = std::min(a, b); i < std::max(a, b); ++i)
            if ((i + 1) % board == 0)
              cross(40, 7);
            else if ((i + 1) % chip == 0)
              cross(12, 3);
        };
        walk(grid.x_of(grid.router_of(from)), grid.x_of(grid.router_of(to)), 2, 4);
        walk(grid.y_of(grid.router_of(from)), grid.y_of(grid.router_of(to)), 2, 2);
        return expected + (flits - 1) * (slowest - 1);
      });
  }

  TEST_CASE("asynchronous hops sum in nanoseconds: 4.1 east-west, 6.5 north-south") {
    NetworkConfig config = fast(Topology::mesh(8, 4));
    config.pipeline = {0, 1, 1, 0, 0, true};
    config.topology.link_class_parameters(east_west_link) = {"east-west", 40, 41}; // tenths; the switch takes one
    config.topology.link_class_parameters(north_south_link) = {"north-south", 64, 65};
    const Topology& grid = config.topology;
    test::check_alone(config, 3, 1, [&](int from, int to) { return 4 + 41 * across(grid, from, to) + 65 * down(grid, from, to); });
  }

  TEST_CASE("every copy of a multicast packet arrives as if it had been sent alone") {
    const NetworkConfig config = fast(Topology::mesh(5, 4, 2));
    const Topology& grid = config.topology;
    for (const int source : {0, 13, 39}) {
      Network network(config);
      test::Recorder recorder(network);
      std::vector<int> destinations;
      for (int e = source % 3; e < grid.endpoints(); e += 3)
        destinations.push_back(e);
      Packet packet;
      packet.group = network.add_group(source, destinations);
      network.try_inject(source, packet, 1);
      test::run(network);
      REQUIRE(recorder.arrived.size() == destinations.size());
      for (const test::Arrived& one : recorder.arrived)
        CHECK(static_cast<int>(one.cycle - one.packet.created) ==
              base(across(grid, source, one.endpoint) + down(grid, source, one.endpoint) + 1, 1));
    }
  }
}
