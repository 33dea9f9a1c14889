#include <doctest/doctest.h>

#include "description/error.hpp"
#include "mappings/placement/bisection.hpp"
#include "tests/mappings/placement/example_traffic.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

double cost(const Traffic& traffic, const Floor& floor, const char* name, Objective objective,
            std::uint64_t seed = 1) {
  PlacementRequest request{&traffic, &floor, objective, seed};
  return estimate(traffic, floor, strategy(name).place(request).placement).value(objective);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("METIS parts two cliques at the thread between them, or is said to be missing") {
    ClusterGraph graph(8);
    const auto size = boost::get(boost::vertex_index1, graph);
    for (std::size_t v = 0; v < 8; ++v)
      size[v] = 3;
    for (std::size_t a = 0; a < 8; ++a)
      for (std::size_t b = a + 1; b < 8; ++b)
        if (a % 2 == b % 2)
          boost::add_edge(a, b, 100.0, graph);
    boost::add_edge(0, 1, 1.0, graph);
    const std::vector<std::int32_t> all{0, 1, 2, 3, 4, 5, 6, 7};
    if (!metis_is_built_in()) {
      CHECK_THROWS_WITH_AS(strategy("metis"), doctest::Contains("made without METIS"), InputError);
      CHECK_THROWS_AS(metis_bisect(graph, all, 0.5, 1), InputError);
      return;
    }
    CHECK(std::string(strategy("metis").name()) == "metis");
    const auto [first, second] = metis_bisect(graph, all, 0.5, 1);
    REQUIRE(first.size() == 4);
    CHECK(cut(graph, first, second) == 1);
    CHECK(metis_bisect(graph, all, 0.5, 1).first == first);
    // A single cluster goes to one side.
    CHECK(metis_bisect(graph, {5}, 0.5, 1).first == std::vector<std::int32_t>{5});
  }

  TEST_CASE("an unknown strategy is refused with the nearest") {
    CHECK_THROWS_WITH_AS(strategy("anealing"), "strategy: unknown 'anealing', did you mean 'annealing'?",
                         InputError);
  }

  TEST_CASE("a floor that is too small is refused with the chips that are missing") {
    const Traffic traffic = example_traffic(10, 4, 2, 1); // 42 vertices
    const Floor floor = example_floor(2, 2);              // 28 slots
    for (const auto& one : strategies())
      CHECK_THROWS_WITH_AS(one->place({&traffic, &floor}),
                           "placement: 42 cores are needed, 4 chips have 28: 2 more chips", InputError);
  }

  TEST_CASE("a vertex that no core can hold is refused") {
    Traffic traffic = example_traffic(2, 4, 2, 1);
    Floor floor = example_floor(2, 2);
    floor.core_bytes = 100;
    CHECK_NOTHROW(make_naive()->place({&traffic, &floor}));
    traffic.vertices[3].bytes = 101;
    CHECK_THROWS_WITH_AS(make_naive()->place({&traffic, &floor}),
                         "placement: vertex 3 needs 101 B, a core has 100", InputError);
  }

  TEST_CASE("bisection parts two cliques at the thread between them") {
    ClusterGraph graph(12);
    const auto join = [&](int a, int b, double weight) {
      boost::add_edge(static_cast<std::size_t>(a), static_cast<std::size_t>(b), weight, graph);
    };
    for (int a = 0; a < 12; ++a) {
      boost::put(boost::vertex_index1, graph, static_cast<std::size_t>(a), 1);
      for (int b = a + 1; b < 12; ++b)
        if (a % 2 == b % 2)
          join(a, b, 5);
    }
    join(3, 4, 1);
    const std::vector<std::int32_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const auto [left, right] = bisect(graph, all, 0.5, seed);
      CHECK(left.size() == 6);
      CHECK(cut(graph, left, right) == 1);
    }
  }

  TEST_CASE("naive is the identity") {
    const Traffic traffic = example_traffic(3, 4, 2, 1);
    const Floor floor = example_floor();
    const Placement placement = make_naive()->place({&traffic, &floor}).placement;
    for (std::size_t v = 0; v < placement.size(); ++v)
      CHECK(placement[v] == static_cast<std::int32_t>(v));
  }

  TEST_CASE("a cut budget says so") {
    const Traffic traffic = example_traffic(20, 10, 5, 1);
    const Floor floor = example_floor();
    PlacementRequest request{&traffic, &floor};
    request.budget_seconds = 0;
    const PlacementResult result = make_annealing()->place(request);
    CHECK(result.out_of_time);
    CHECK_NOTHROW(check_placement(traffic, floor, result.placement));
  }
}

TEST_SUITE("property") {
  TEST_CASE("every strategy gives a valid placement, the same one for the same seed") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const Traffic traffic = example_traffic(10 + static_cast<int>(seed), 9, 4, seed);
      const Floor floor = example_floor(6 + static_cast<int>(seed % 3), 5);
      for (const auto& one : strategies()) {
        CAPTURE(one->name());
        PlacementRequest request{&traffic, &floor, Objective::energy_delay, seed};
        request.moves = 400;
        const Placement placement = one->place(request).placement;
        CHECK_NOTHROW(check_placement(traffic, floor, placement));
        CHECK(one->place(request).placement == placement);
      }
    }
  }

  TEST_CASE("annealing is never worse than what it starts from, for any objective") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Traffic traffic = example_traffic(30, 12, 6, seed);
      const Floor floor = example_floor(8, 8);
      for (const Objective objective :
           {Objective::latency, Objective::energy, Objective::energy_delay, Objective::chips}) {
        const double annealed = cost(traffic, floor, "annealing", objective, seed);
        for (const char* start : {"naive", "hilbert", "greedy"})
          CHECK(annealed <= cost(traffic, floor, start, objective, seed));
      }
    }
  }

  TEST_CASE("annealing starts from the cheapest order by estimate, the lowering's own among them, and says from which") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Traffic traffic = example_traffic(30, 12, 6, seed);
      const Floor floor = example_floor(8, 8);
      PlacementRequest request{&traffic, &floor, Objective::latency, seed};
      const auto value_of = [&](const Placement& placement) {
        return estimate(traffic, floor, placement).value(request.objective);
      };
      request.moves = 1;
      const PlacementResult alone = make_annealing()->place(request);
      double least = 0;
      std::string best;
      for (const char* name : {"naive", "hilbert", "greedy"})
        if (const double value = value_of(strategy(name).place(request).placement); best.empty() || value < least) {
          least = value;
          best = name;
        }
      CHECK(alone.start == best);
      // A long search's result as another's lowered places: better than all cheap orders, so the next one starts from it.
      request.moves = 3000;
      const Placement searched = make_annealing()->place(request).placement;
      REQUIRE(value_of(searched) < least);
      request.lowered = &searched;
      request.lowered_name = "snake";
      request.moves = 1;
      const PlacementResult from_snake = make_annealing()->place(request);
      CHECK(from_snake.start == "snake");
      CHECK(value_of(from_snake.placement) <= value_of(searched));
    }
  }

  TEST_CASE("a hub in the middle with experts around it beats one in the corner") {
    const Traffic traffic = example_traffic(40, 14, 6, 9);
    const Floor floor = example_floor(9, 9);
    const double naive = cost(traffic, floor, "naive", Objective::latency);
    CHECK(cost(traffic, floor, "greedy", Objective::energy) <
          cost(traffic, floor, "naive", Objective::energy));
    CHECK(cost(traffic, floor, "annealing", Objective::latency) < 0.6 * naive);
  }
}
