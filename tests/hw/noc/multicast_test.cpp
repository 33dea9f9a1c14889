#include <doctest/doctest.h>

#include <random>
#include <set>

#include "description/error.hpp"
#include "hw/noc/pattern.hpp"
#include "recorder.hpp"

using namespace moesaic::hw::noc;

namespace {

/// Links of the union of dimension-order paths, counted on their own: (router, direction) pairs.
std::size_t tree_links(const Topology& topology, int source, const std::vector<int>& destinations) {
  std::set<std::pair<int, int>> links;
  for (const int endpoint : destinations) {
    int x = topology.x_of(topology.router_of(source)), y = topology.y_of(topology.router_of(source));
    const int to_x = topology.x_of(topology.router_of(endpoint)),
              to_y = topology.y_of(topology.router_of(endpoint));
    for (; x != to_x; x += x < to_x ? 1 : -1)
      links.insert({topology.router_at(x, y), x < to_x ? east : west});
    for (; y != to_y; y += y < to_y ? 1 : -1)
      links.insert({topology.router_at(x, y), y < to_y ? south : north});
  }
  return links.size();
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("a multicast packet reaches every destination once and crosses every link of its tree once") {
    std::mt19937_64 random(3);
    for (int round = 0; round < 30; ++round) {
      NetworkConfig config{Topology::mesh(6, 5, 2)};
      Network network(config);
      test::Recorder recorder(network);
      const int source = random_below(random, config.topology.endpoints());
      std::vector<int> destinations;
      for (int e = 0; e < config.topology.endpoints(); ++e)
        if (random_below(random, 6) == 0 || (e == 59 && destinations.empty()))
          destinations.push_back(e);
      Packet packet;
      packet.group = network.add_group(source, destinations);
      packet.payload = 0xdeadbeef;
      network.try_inject(source, packet, 1);
      CHECK(network.in_flight() == destinations.size());
      test::run(network);
      std::set<int> reached;
      for (const test::Arrived& one : recorder.arrived) {
        reached.insert(one.endpoint);
        CHECK(one.packet.payload == 0xdeadbeef);
      }
      CHECK(recorder.arrived.size() == destinations.size());
      CHECK(reached == std::set<int>(destinations.begin(), destinations.end()));
      const auto links = network.link_flits();
      CHECK(links[local_link] == destinations.size());
      CHECK(links[east_west_link] + links[north_south_link] ==
            tree_links(config.topology, source, destinations));
      CHECK(network.trees().links(config.topology, packet.group) == links);
    }
  }

  TEST_CASE("a tree of links of one's own is taken link by link; what is no tree to the destinations is refused") {
    NetworkConfig config{Topology::mesh(4, 3)};
    Network network(config);
    test::Recorder recorder(network);
    Packet packet;
    packet.group = network.add_group(0, {5, 6, 9}, {{0, 4}, {4, 5}, {5, 6}, {5, 9}}); // along the column first
    network.try_inject(0, packet, 1);
    test::run(network);
    CHECK(recorder.arrived.size() == 3);
    const auto flits = network.port_flits();
    const int ports = config.topology.ports();
    const auto sent = [&](int router, int port) { return flits[static_cast<std::size_t>(router * ports + port)]; };
    CHECK(sent(0, south) == 1);
    CHECK(sent(0, east) == 0);
    CHECK(sent(4, east) == 1);
    CHECK(sent(5, east) == 1);
    CHECK(sent(5, south) == 1);
    CHECK_THROWS_WITH_AS(network.add_group(0, {6}, {{0, 4}, {4, 6}}), "the link from router 4 to 6 does not exist",
                         moesaic::InputError);
    CHECK_THROWS_WITH_AS(network.add_group(0, {5}, {{4, 5}}), "the link from router 4 to 5 makes no tree of the links before it",
                         moesaic::InputError);
    CHECK_THROWS_WITH_AS(network.add_group(0, {5}, {{0, 4}}), "the links do not lead to endpoint 5", moesaic::InputError);
    CHECK_THROWS_WITH_AS(network.add_group(0, {4}, {{0, 4}, {4, 5}}), "the links end at router 5, where no destination is",
                         moesaic::InputError);
    CHECK_THROWS_AS(network.add_group(0, {1}, {{0, 1}, {1, 0}}), moesaic::InputError);
    CHECK_THROWS_AS(network.add_group(0, {1}, {{0, 99}}), moesaic::InputError);
  }

  TEST_CASE("broadcasts from everybody at once come through with one buffer slot") {
    NetworkConfig config{Topology::mesh(5, 5)};
    config.depth = 1;
    config.injection_queue = 50;
    Network network(config);
    test::Recorder recorder(network);
    std::vector<int> all;
    for (int e = 0; e < 25; ++e)
      all.push_back(e);
    for (int source = 0; source < 25; ++source) {
      Packet packet;
      packet.group = network.add_group(source, all);
      for (int n = 0; n < 20; ++n)
        network.try_inject(source, packet, 1);
    }
    test::run(network); // a deadlock would throw
    CHECK(recorder.arrived.size() == 25 * 25 * 20);
    CHECK(network.empty());
  }
}
