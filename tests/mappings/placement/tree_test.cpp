// Floors whose chips stand below switches: their links are the network's, their trees its trees.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "description/error.hpp"
#include "hw/noc/topology.hpp"
#include "mappings/placement/search_state.hpp"
#include "tests/mappings/placement/example_traffic.hpp"

using namespace moesaic;
using namespace moesaic::mappings;
using hw::noc::Topology;

namespace {

Floor tree_floor(int across, int down, const std::vector<int>& radices) {
  Floor floor = example_floor(across, down);
  floor.routers_across = 3;
  floor.gateway = Topology::tree_gateway(3);
  floor.tree = {across * down, radices};
  for (std::size_t level = 0; level < radices.size(); ++level)
    floor.tree_cost.push_back({1e-9 * (2 + level), 1e-9 * (40 + 10 * level), 1e-12 * (100 + level)});
  return floor;
}

Topology topology_of(const Floor& floor, const std::vector<int>& radices) {
  std::vector<hw::noc::SwitchLevel> levels;
  for (const int radix : radices)
    levels.push_back({radix, {}});
  return Topology::tree(floor.chips_across, floor.chips_down, 1, {floor.routers_across, floor.routers_down, {}}, levels);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a floor's links below switches are the network's, router by router") {
    for (const auto& radices : {std::vector<int>{6}, {2, 3}, {4, 2}, {2, 2, 2}}) {
      const Floor floor = tree_floor(3, 2, radices);
      const Topology network = topology_of(floor, radices);
      CHECK_NOTHROW(check_floor(floor));
      REQUIRE(floor.routers() == network.routers());
      std::set<int> links;
      for (int from = 0; from < floor.routers(); ++from)
        for (int port = 0; port < network.ports(); ++port) {
          const int to = network.is_local(from, port) ? -1 : network.neighbour(from, port);
          if (to < 0)
            continue;
          const int link = floor.link_between(from, to);
          REQUIRE(link >= 0);
          CHECK(links.insert(link).second);
          CHECK(floor.from_of(link) == from);
          CHECK(floor.to_of(link) == to);
          const int level = network.link_class(from, port) - hw::noc::first_level_link;
          if (level >= 0)
            CHECK(floor.cost_of(link).latency == floor.tree_cost[static_cast<std::size_t>(level)].latency);
          if (floor.is_switch(from))
            CHECK(floor.direction_name(link) == network.port_name(from, port));
        }
      int joined = 0;
      for (int from = 0; from < floor.routers(); ++from)
        for (int to = 0; to < floor.routers(); ++to)
          joined += floor.link_between(from, to) >= 0;
      CHECK(joined == static_cast<int>(links.size()));
    }
  }

  TEST_CASE("a message's trees over switches take the network's routes, parents first, each link once") {
    const std::vector<int> radices{2, 2, 2};
    const Floor floor = tree_floor(3, 2, radices);
    const Topology network = topology_of(floor, radices);
    RouteTree tree(floor);
    for (int home = 0; home < floor.chips(); ++home)
      for (const std::vector<int>& to : {std::vector<int>{0, 1, 2, 3, 4, 5}, {5, 0, 5}, {2, 3}}) {
        tree.start(floor.gateway_of(home));
        std::set<int> expected, seen;
        for (const int chip : to) {
          tree.reach(floor.gateway_of(chip));
          for (int at = floor.gateway_of(home); at != floor.gateway_of(chip);) {
            const int next = network.neighbour(at, network.next_port(at, floor.gateway_of(chip)));
            expected.insert(floor.link_between(at, next));
            at = next;
          }
        }
        tree.links([&](int link, int parent) {
          CHECK(seen.insert(link).second);
          if (parent < 0)
            CHECK(floor.from_of(link) == floor.gateway_of(home));
          else {
            CHECK(seen.count(parent));
            CHECK(floor.to_of(parent) == floor.from_of(link));
          }
        });
        CHECK(seen == expected);
      }
  }

  TEST_CASE("a way over switches takes the links up, down and inside, and chips are as near as their lowest switch") {
    const Floor floor = tree_floor(4, 1, {2, 2});
    const int slot = 2 * floor.cores_per_router; // router (2, 0), one from the gateway
    const auto from = floor.router_of(floor.slot_of(0, slot)), to = floor.router_of(floor.slot_of(3, slot));
    CHECK(floor.path_seconds(from, to) == doctest::Approx(2 * 2e-9 + 2 * 40e-9 + 2 * 50e-9));
    CHECK(floor.chips_between(0, 0) == 0);
    CHECK(floor.chips_between(0, 1) == 2);
    CHECK(floor.chips_between(1, 2) == 4);
    Traffic traffic;
    traffic.vertices = {{0, 0}, {1, 0}};
    traffic.groups = {{1}};
    traffic.nets = {{0, 0, 0, 1000}};
    const Estimate e = estimate(traffic, floor, {floor.slot_of(0, slot), floor.slot_of(3, slot)});
    CHECK(e.phases[0].link_seconds == doctest::Approx(1000 * 3e-9));
    CHECK(e.flit_hops == 1000 * 6);
    CHECK(e.network_joules == doctest::Approx(1000 * (2 * 1e-12 + 2 * 100e-12 + 2 * 101e-12)));
  }

  TEST_CASE("runs of chips are cut between switches, near the middle") {
    const hw::noc::TreeShape shape(23, {4, 3, 2});
    CHECK(shape.half(0, 23) == 12); // the root's two children
    CHECK(shape.half(0, 12) == 4);  // as near as 8
    CHECK(shape.half(4, 8) == 4);
    CHECK(shape.half(1, 3) == 2);
    CHECK(shape.half(3, 2) == 1);
  }

  TEST_CASE("floors whose tree is not of their chips are refused") {
    Floor floor = tree_floor(3, 2, {6});
    floor.chips_down = 3;
    CHECK_THROWS_WITH_AS(check_floor(floor), doctest::Contains("a tree of 6 chips over 9"), InputError);
    floor = tree_floor(3, 2, {6});
    floor.gateway = -1;
    CHECK_THROWS_AS(check_floor(floor), InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE("every strategy places on a tree") {
    const Floor floor = tree_floor(4, 4, {4, 4});
    const Traffic traffic = example_traffic(12, 7, 3, 2);
    for (const auto& one : strategies()) {
      PlacementRequest request{&traffic, &floor, Objective::latency, 1};
      request.moves = 300;
      CAPTURE(one->name());
      const Placement placement = one->place(request).placement;
      CHECK_NOTHROW(check_placement(traffic, floor, placement));
      CHECK(estimate(traffic, floor, placement).seconds > 0);
    }
  }

  TEST_CASE("loads on a tree kept up to date over random moves equal loads counted afresh") {
    const Traffic traffic = example_traffic(12, 10, 5, 3);
    const Floor floor = tree_floor(5, 4, {4, 3, 2});
    const PlacementRequest request{&traffic, &floor};
    SearchState state(request, make_naive()->place(request).placement);
    std::mt19937_64 random(7);
    for (int i = 0; i < 200; ++i) {
      const int a = static_cast<int>(random() % floor.slots()), b = static_cast<int>(random() % floor.slots());
      Move move;
      if (state.occupant(a) >= 0 && a != b)
        move.emplace_back(state.occupant(a), b);
      if (state.occupant(b) >= 0 && a != b)
        move.emplace_back(state.occupant(b), a);
      state.make(move);
    }
    CHECK(state.cost() == doctest::Approx(SearchState(request, state.placement()).cost()).epsilon(1e-9));
  }
}
