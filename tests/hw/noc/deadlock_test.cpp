#include <doctest/doctest.h>

#include <fstream>

#include "description/error.hpp"
#include "hw/noc/deadlock.hpp"
#include "hw/noc/routing_table.hpp"
#include "recorder.hpp"

using namespace moesaic;
using namespace moesaic::hw::noc;

namespace {

/// On a 2 x 2 mesh everything goes clockwise: 0 -> 1 -> 3 -> 2 -> 0.
std::shared_ptr<RoutingTable> clockwise(const Topology& square) {
  auto table = std::make_shared<RoutingTable>(square);
  const int way[4] = {east, south, north, west};
  for (int from = 0; from < 4; ++from)
    for (int to = 0; to < 4; ++to)
      if (from != to)
        table->set(from, to, way[from]);
  return table;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a deadlock is found at once and its cycle of channels is named") {
    NetworkConfig config{Topology::mesh(2, 2)};
    SUBCASE("with multicast") {
      config.multicast = true;
    }
    SUBCASE("without") {
      config.multicast = false;
    }
    config.routing = Routing::table;
    config.table = clockwise(config.topology);
    config.depth = 2;
    config.injection_queue = 100;
    Network network(config);
    test::Recorder recorder(network);
    const int across[4] = {3, 2, 1, 0}; // two hops each
    for (int source = 0; source < 4; ++source)
      for (int n = 0; n < 50; ++n)
        network.try_inject(source, test::packet_to(across[source], 4), 1);
    try {
      test::run(network);
      FAIL("no deadlock");
    } catch (const DeadlockError& error) {
      const std::string text = error.what();
      CAPTURE(text);
      for (const char* channel : {"router (0, 0) south input", "router (1, 0) west input",
                                  "router (1, 1) north input", "router (0, 1) east input"})
        CHECK(text.find(channel) != std::string::npos);
    }
  }

  TEST_CASE("routing tables that leave the grid or go in circles are refused") {
    NetworkConfig config{Topology::mesh(2, 2)};
    config.routing = Routing::table;
    auto table = std::make_shared<RoutingTable>(config.topology);
    table->set(0, 3, west);
    config.table = table;
    CHECK_THROWS_WITH_AS(check(config), doctest::Contains("leaves the grid"), InputError);
    table->set(0, 3, east);
    table->set(1, 3, west);
    CHECK_THROWS_WITH_AS(check(config), doctest::Contains("circle"), InputError);
  }

  TEST_CASE("a routing table file replaces entries of dimension order") {
    const std::string file = "noc_routing_table_test.txt";
    const Topology square = Topology::mesh(2, 2);
    std::ofstream(file) << "# detour\n\n0 3 south # down first\n";
    CHECK(RoutingTable::load(file, square).port(0, 3) == south);
    CHECK(RoutingTable::load(file, square).port(0, 1) == east);
    std::ofstream(file) << "0 3 south\n0 3 sowth\n";
    CHECK_THROWS_WITH_AS(RoutingTable::load(file, square),
                         doctest::Contains(":2:1: unknown direction 'sowth'"), InputError);
    std::ofstream(file) << "0 4 south\n";
    CHECK_THROWS_AS(RoutingTable::load(file, square), InputError);
    std::remove(file.c_str());
  }
}
