#include <doctest/doctest.h>

#include <set>

#include "description/error.hpp"
#include "mappings/placement/search_state.hpp"
#include "tests/mappings/placement/example_traffic.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

/// One vertex per chip along a row of chips with one router each.
Floor row_of_chips(int chips) {
  Floor floor;
  floor.chips_across = chips;
  floor.border = {4e-9, 10e-9, 5e-12};
  floor.chip_watts = 2;
  return floor;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a unicast net loads each link of its row, and a multicast one no link twice") {
    Traffic traffic;
    for (int v = 0; v < 4; ++v)
      traffic.vertices.push_back({v, 0});
    traffic.groups = {{1, 3}, {0}};
    traffic.nets = {{0, 0, 0, 100}, {3, 1, 1, 7}};
    const Estimate e = estimate(traffic, row_of_chips(4), {0, 1, 2, 3});
    REQUIRE(e.phases.size() == 2);
    CHECK(e.flit_hops == 3 * 100 + 3 * 7);
    CHECK(e.phases[0].link_seconds == doctest::Approx(100 * 4e-9));
    CHECK(e.phases[0].path_seconds == doctest::Approx(3 * 10e-9));
    CHECK(e.seconds == doctest::Approx(107 * 4e-9 + 60e-9));
    CHECK(e.network_joules == doctest::Approx(321 * 5e-12));
    CHECK(e.chips == 4);
    CHECK(e.static_joules == doctest::Approx(4 * 2 * e.seconds));
  }

  TEST_CASE("a busy core bounds a phase that its links do not") {
    Traffic traffic;
    traffic.vertices = {{0, 0}, {0, 0}};
    traffic.groups = {{1}};
    traffic.nets = {{0, 0, 0, 10}};
    traffic.busy = {{1e-6, 3e-6}};
    const Estimate e = estimate(traffic, row_of_chips(2), {0, 1});
    CHECK(e.seconds == doctest::Approx(3e-6 + 10e-9));
  }

  TEST_CASE("packets go along the row first, then along the column") {
    Floor floor;
    floor.routers_across = floor.routers_down = 3;
    floor.chip_cores = 9;
    RouteTree tree(floor);
    tree.start(0);
    tree.reach(8);
    tree.reach(2);
    tree.reach(6);
    std::set<int> links;
    tree.links([&](int link, int) { links.insert(link); });
    CHECK(links == std::set<int>{Floor::link_of(0, to_east), Floor::link_of(1, to_east),
                                 Floor::link_of(2, to_south), Floor::link_of(5, to_south),
                                 Floor::link_of(0, to_south), Floor::link_of(3, to_south)});
  }

  TEST_CASE("placements that are none are refused") {
    const Traffic traffic = example_traffic(3, 4, 2, 1);
    const Floor floor = example_floor(2, 2);
    Placement placement = make_naive()->place({&traffic, &floor}).placement;
    CHECK_NOTHROW(check_placement(traffic, floor, placement));
    placement[1] = 0;
    CHECK_THROWS_WITH_AS(check_placement(traffic, floor, placement),
                         "placement: vertices 0 and 1 both in slot 0", InputError);
    placement[1] = floor.slots();
    CHECK_THROWS_AS(check_placement(traffic, floor, placement), InputError);
    placement.pop_back();
    CHECK_THROWS_AS(check_placement(traffic, floor, placement), InputError);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("between chips messages pass from gateway to gateway, each link once") {
    Floor floor;
    floor.chips_across = 3;
    floor.routers_across = 3;
    floor.chip_cores = 3;
    floor.gateway = 1;
    MessageRoute route(floor);
    const std::vector<int> members{1, 3, 4, 5, 8}; // one at home, the second chip's three, one on the third
    std::vector<int> used(static_cast<std::size_t>(floor.links()));
    route.links(
        0, 5, [&](int i) { return members[static_cast<std::size_t>(i)]; },
        [&](int link, int) { ++used[static_cast<std::size_t>(link)]; });
    std::vector<int> expected(used.size());
    for (int x = 0; x < 7; ++x) // home to its gateway 1, then along the row to the gateways 4 and 7
      expected[static_cast<std::size_t>(Floor::link_of(x, to_east))] = 1;
    expected[static_cast<std::size_t>(Floor::link_of(4, to_east))] =
        2; // passed by, and from gateway 4 to member 5
    expected[static_cast<std::size_t>(Floor::link_of(4, to_west))] = 1; // from gateway 4 to member 3
    expected[static_cast<std::size_t>(Floor::link_of(7, to_east))] = 1; // from gateway 7 to member 8
    CHECK(used == expected);
  }
}

TEST_SUITE("property") {
  TEST_CASE("loads kept up to date over random moves equal loads counted afresh") {
    const Traffic traffic = example_traffic(12, 10, 5, 3);
    const Floor floor = example_floor(5, 4);
    const PlacementRequest request{&traffic, &floor};
    SearchState state(request, make_naive()->place(request).placement);
    std::mt19937_64 random(5);
    for (int i = 0; i < 300; ++i) {
      const int a = static_cast<int>(random() % floor.slots()),
                b = static_cast<int>(random() % floor.slots());
      Move move;
      if (state.occupant(a) >= 0 && a != b)
        move.emplace_back(state.occupant(a), b);
      if (state.occupant(b) >= 0 && a != b)
        move.emplace_back(state.occupant(b), a);
      const double before = state.cost();
      const Move back = state.make(move);
      if (i % 3 == 0) {
        state.make(back);
        CHECK(state.cost() == doctest::Approx(before).epsilon(1e-9));
      }
    }
    CHECK_NOTHROW(check_placement(traffic, floor, state.placement()));
    CHECK(state.cost() == doctest::Approx(SearchState(request, state.placement()).cost()).epsilon(1e-9));
  }

  TEST_CASE("the smooth cost is never below the estimate without paths, and close above it") {
    const Floor floor = example_floor(5, 4);
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
      const Traffic traffic = example_traffic(12, 10, 5, seed);
      PlacementRequest request{&traffic, &floor};
      request.objective = Objective::latency;
      const Placement placement = make_hilbert()->place(request).placement;
      const Estimate e = estimate(traffic, floor, placement);
      double sharp = 0;
      for (const PhaseEstimate& phase : e.phases)
        sharp += phase.link_seconds;
      const double smooth = SearchState(request, placement).cost();
      CHECK(smooth >= sharp * (1 - 1e-12));
      CHECK(smooth <= sharp * 1.8); // at most links^(1/8)
    }
  }
}
