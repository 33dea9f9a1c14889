// Chips as leaves below switches: links, names, tables, latency in closed form, behaviour beyond saturation.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "description/error.hpp"
#include "hw/noc/measurement.hpp"
#include "hw/noc/routing_table.hpp"
#include "recorder.hpp"
#include "tests/workloads/temporary_file.hpp"

using namespace moesaic;
using namespace moesaic::hw::noc;

namespace {

/// 3 x 2 chips of 3 x 2 routers with two endpoints each: 3 chips to a board, 2 boards to the root.
Topology two_levels() {
  return Topology::tree(3, 2, 2, {{3, {"chip", 12, 3}}, {2, {"board", 40, 7}}});
}
constexpr int chip_latency = 12, board_latency = 40, chip_spacing = 3, board_spacing = 7;

/// Hops in the mesh of a chip between router `r` and the gateway, which is (1, 0).
int to_gateway(const Topology& tree, int r) {
  return std::abs(tree.x_of(r) - 1) + tree.y_of(r) % 2;
}

/// Cycles of `flits` flits in an empty tree: 2 in each router and switch (no routing cycle, speculative), one on a
/// link in a chip, and what the slower links take; 2 at the ends; the flits follow at the slowest link's pace.
int closed_form(const Topology& tree, int source, int destination, int flits) {
  const int from = tree.router_of(source), to = tree.router_of(destination);
  const int chip_from = from / 6, chip_to = to / 6;
  if (chip_from == chip_to) {
    const int hops = std::abs(tree.x_of(from) - tree.x_of(to)) + std::abs(tree.y_of(from) - tree.y_of(to));
    return 3 * (hops + 1) + 2 + flits - 1;
  }
  const int mesh = to_gateway(tree, from) + to_gateway(tree, to);
  const bool over_root = chip_from / 3 != chip_to / 3;
  const int switches = over_root ? 3 : 1;
  const int links = mesh + 2 * chip_latency + (over_root ? 2 * board_latency : 0) + 1; // and the ejection link
  return 2 * (mesh + 2 + switches) + links + 2 + (flits - 1) * (over_root ? board_spacing : chip_spacing);
}

NetworkConfig fast(int vcs, bool multicast) {
  NetworkConfig config{two_levels()};
  config.pipeline = Pipeline::named("rc0-spec");
  config.depth = 8;
  config.virtual_channels = vcs;
  config.multicast = multicast;
  return config;
}

void check_latency(const NetworkConfig& config, int flits) {
  test::check_alone(config, 5, flits,
                    [&](int from, int to) { return closed_form(config.topology, from, to, flits); });
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every link of a tree leads back, and is of one class from both ends") {
    for (const Topology& tree : {two_levels(), Topology::tree(1, 1, 1, {{5, {"a", 2, 1}}}),
                                 Topology::tree(3, 3, 2, {3, 2, {}}, {{2, {"a", 2, 1}}, {2, {"b", 3, 1}}, {4, {"c", 4, 1}}}),
                                 Topology::tree(2, 3, 1, {{2, {"a", 2, 1}}, {1, {"b", 3, 1}}, {4, {"c", 4, 1}}})}) {
      int up = 0;
      for (int router = 0; router < tree.routers(); ++router)
        for (int port = 0; port < tree.ports(); ++port) {
          const int next = tree.is_local(router, port) ? -1 : tree.neighbour(router, port);
          if (next < 0)
            continue;
          const int back = tree.opposite(router, port);
          CAPTURE(tree.router_name(router));
          CAPTURE(tree.port_name(router, port));
          CHECK(tree.neighbour(next, back) == router);
          CHECK(tree.opposite(next, back) == port);
          CHECK(tree.link_class(next, back) == tree.link_class(router, port));
          up += tree.port_name(router, port) == "up";
        }
      CHECK(up == tree.chips() + (tree.routers() - tree.width() * tree.height()) - 1); // all but the root
    }
  }

  TEST_CASE("a tree's routers, chips and endpoints are counted and named") {
    const Topology tree = two_levels();
    CHECK(tree.chips() == 6);
    CHECK(tree.routers() == 36 + 2 + 1);
    CHECK(tree.endpoints() == 72);
    CHECK(tree.endpoint_of(4, 7) == 4 * 12 + 7);
    CHECK(tree.chip_of(4 * 12 + 7) == 4);
    CHECK(tree.core_of(4 * 12 + 7) == 7);
    CHECK(tree.router_name(25) == "chip 4 router (1, 0)");
    CHECK(tree.router_name(37) == "switch 1 of level 1");
    CHECK(tree.router_name(38) == "switch 0 of level 2");
    CHECK(tree.neighbour(25, north) == 37);
    CHECK(tree.port_name(25, north) == "up");
    CHECK(tree.port_name(37, 1) == "down1");
    CHECK(tree.link_class(38, 1) == first_level_link + 1);
  }

  TEST_CASE("chips in rows below one tree are numbered row by row, and its last switches are partly filled") {
    const Topology tree = Topology::tree(3, 2, 2, {3, 2, {}}, {{4, {"a", 2, 1}}, {2, {"b", 3, 1}}});
    CHECK(tree.width() == 9);
    CHECK(tree.chips() == 6);
    CHECK(tree.routers() == 36 + 2 + 1);
    CHECK(tree.neighbour(1, north) == 36); // the gateways of chips 0, 3 and 4
    CHECK(tree.neighbour(18 + 1, north) == 36);
    CHECK(tree.neighbour(18 + 4, north) == 37);
    CHECK(tree.neighbour(37, 1) == 18 + 7);
    CHECK(tree.neighbour(37, 2) == -1);
    CHECK(tree.neighbour(37, 4) == 38);
    CHECK(tree.neighbour(38, 2) == -1); // the root has nobody above
    CHECK(tree.neighbour(2, east) == -1); // no links between chips
    CHECK_THROWS_WITH_AS(Topology::tree(3, 3, 1, {1, 1, {}}, {{8, {}}}), doctest::Contains("room for 8"), InputError);
  }

  TEST_CASE("trees that cannot be built or routed are refused") {
    CHECK_THROWS_WITH_AS(Topology::tree(2, 2, 1, {}), doctest::Contains("at least one level"), InputError);
    CHECK_THROWS_WITH_AS(Topology::tree(2, 2, 1, {{16, {}}}), doctest::Contains("1 to 15"), InputError);
    CHECK_THROWS_AS(Topology::tree(2, 2, 13, {{2, {}}}), InputError);
    CHECK_THROWS_WITH_AS(Topology::tree(1, 4, 1, {{10, {}}, {10, {}}, {10, {}}}), doctest::Contains("rows"),
                         InputError);
    NetworkConfig config = fast(1, false);
    config.threads = 2;
    CHECK_THROWS_WITH_AS(check(config), doctest::Contains("tree"), InputError);
    config.threads = 1;
    config.routing = Routing::west_first;
    CHECK_THROWS_WITH_AS(check(config), doctest::Contains("tree"), InputError);
  }

  TEST_CASE("a table may take another way inside a chip, and its circles are found") {
    const Topology tree = two_levels();
    const TemporaryFile file(".txt");
    std::ofstream(file.path()) << "3 7 north\n36 7 down1\n1 7 up\n"; // column first
    RoutingTable table = RoutingTable::load(file.path(), tree);
    CHECK_NOTHROW(table.check(tree));
    CHECK(table.port(3, 7) == north);
    table.set(36, 7, 0); // back down to the sender's chip
    CHECK_THROWS_WITH_AS(table.check(tree), doctest::Contains("circle"), InputError);
    std::ofstream(file.path()) << "0 7 up\n";
    CHECK_THROWS_WITH_AS(RoutingTable::load(file.path(), tree), doctest::Contains(":1:1: unknown direction 'up'"),
                         InputError);
    std::ofstream(file.path()) << "0 37 east\n";
    CHECK_THROWS_WITH_AS(RoutingTable::load(file.path(), tree), doctest::Contains("switch 1 of level 1 has no"),
                         InputError);
  }
}

TEST_SUITE("golden") {
  TEST_CASE("an empty tree of chips has the latency of its links and switches") {
    for (const int flits : {1, 4}) {
      check_latency(fast(1, false), flits);
      check_latency(fast(1, true), flits);
      check_latency(fast(2, false), flits);
    }
    NetworkConfig table = fast(1, false);
    table.routing = Routing::table;
    table.table = std::make_shared<RoutingTable>(table.topology);
    check_latency(table, 2);
  }

  TEST_CASE("a multicast forks at the switches: each link is crossed once, each copy comes as if alone") {
    const NetworkConfig config = fast(1, true);
    Network network(config);
    test::Recorder recorder(network);
    std::vector<int> all;
    for (int e = 0; e < config.topology.endpoints(); ++e)
      all.push_back(e);
    Packet packet;
    packet.group = network.add_group(29, all);
    network.try_inject(29, packet, 1);
    test::run(network);
    REQUIRE(recorder.arrived.size() == all.size());
    for (const test::Arrived& one : recorder.arrived)
      CHECK(static_cast<int>(one.cycle - one.packet.created) ==
            closed_form(config.topology, 29, one.endpoint, 1));
    const auto flits = network.link_flits();
    CHECK(flits == network.trees().links(config.topology, packet.group));
    CHECK(flits[local_link] == 72);
    CHECK(flits[first_level_link] == 1 + 5);    // up once, down to the others
    CHECK(flits[first_level_link + 1] == 1 + 1);
    CHECK(flits[east_west_link] + flits[north_south_link] == 6 * 5); // a tree over the six routers of each chip
  }
}

TEST_SUITE("system") {
  TEST_CASE("a tree far beyond saturation delivers everything, no faster than its root's links let it") {
    for (const int vcs : {1, 2}) {
      const NetworkConfig config = fast(vcs, false);
      const auto traffic = bernoulli_traffic(config.topology, Pattern(Pattern::uniform, config.topology), 0.5, 4, 1);
      MeasurementPlan plan;
      plan.warm_up = 0;
      plan.measure = 2000;
      plan.drain = Traffic::never;
      const Measurement measured = measure(config, *traffic, plan);
      CHECK(measured.link_flits[local_link] >= measured.packets * 4);
      CHECK(measured.latency > 1000);
      // Two boards, each with a link up and one down that take a flit each 7 cycles.
      const auto root = static_cast<double>(measured.link_flits[first_level_link + 1]);
      const double least = root / 4 * board_spacing;
      CAPTURE(vcs);
      CHECK(static_cast<double>(measured.cycles) > least);
      CHECK(static_cast<double>(measured.cycles) < 2 * least);
    }
  }
}
