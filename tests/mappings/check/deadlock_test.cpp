#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "hw/noc/topology.hpp"
#include "mappings/check/dependency_graph.hpp"
#include "tests/mappings/check/good_mapping.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

/// One chip, one sender and receiver per corner of a 2 x 2 block of routers, each routed by way of its
/// neighbour: with all four turning the same way every link of the square waits for the next one.
std::vector<Violation> square(bool turned) {
  const GoodMapping good;
  Mapping m = good.mapping;
  m.chips_across = m.chips_down = 1;
  m.cores.clear();
  m.slices.clear();
  m.members.clear();
  m.sends.clear();
  const std::int32_t corners[] = {0, 1, 9, 8},
                     width = good.chip.mesh_width; // clockwise, routers of an 8 x 4 mesh
  for (int i = 0; i < 4; ++i) {
    m.cores.push_back({0, corners[i] * good.chip.cores_per_router, 0, i, 1, 1, 1, 100});
    m.members.push_back({i, i});
  }
  for (int i = 0; i < 4; ++i) {
    m.sends.push_back({i, (i + 2) % 4, 0, 1, 0});
    const std::int32_t from = corners[i], over = corners[(i + 1) % 4], to = corners[(i + 2) % 4];
    const bool along_row = from / width == over / width;
    if (turned || along_row) {
      m.hops.push_back({i, from, over});
      m.hops.push_back({i, over, to});
    }
  }
  std::vector<Violation> violations;
  check_routes({m, good.chip, good.layer}, violations);
  return violations;
}

std::vector<Violation> with_hops(const std::vector<Hop>& hops) {
  const GoodMapping good;
  Mapping m = good.mapping;
  m.chips_across = m.chips_down = 1;
  m.cores = {{0, 0, 0, 0, 1, 1, 1, 100},
             {0, 9 * good.chip.cores_per_router, 0, 1, 1, 1, 1, 100}}; // routers (0,0), (1,1)
  m.members = {{0, 1}};
  m.sends = {{0, 0, 0, 1, 0}};
  m.hops = hops;
  std::vector<Violation> violations;
  check_routes({m, good.chip, good.layer}, violations);
  return violations;
}

} // namespace

namespace {

/// A grid of 2 x 2 chips, a sender and a receiver at each gateway, routed to the chip across the diagonal by way of the next
/// one clockwise; of the four, those before `turned` take that turn and the others go along the row first.
std::vector<Violation> ring_of_chips(int turned) {
  const GoodMapping good;
  Mapping m = good.mapping;
  m.chips_across = m.chips_down = 2;
  m.cores.clear();
  m.slices.clear();
  m.members.clear();
  m.sends.clear();
  m.hops.clear();
  const int w = good.chip.mesh_width, h = good.chip.mesh_height, width = 2 * w;
  const int x[] = {w / 2, w / 2 + w, w / 2 + w, w / 2}, y[] = {h / 2, h / 2, h / 2 + h, h / 2 + h}, chips[] = {0, 1, 3, 2};
  const int slot = (h / 2 * w + w / 2) * good.chip.cores_per_router;
  for (int i = 0; i < 4; ++i) {
    m.cores.push_back({chips[i], slot, 0, i, 1, 1, 1, 100});
    m.members.push_back({i, i});
  }
  for (int i = 0; i < 4; ++i) {
    m.sends.push_back({i, (i + 2) % 4, 0, 1, 0});
    const bool along_row = y[i] == y[(i + 1) % 4];
    const int over = turned > i || along_row ? (i + 1) % 4 : (i + 3) % 4;
    int at = i;
    for (const int next : {over, (i + 2) % 4}) {
      for (int px = x[at], py = y[at]; px != x[next] || py != y[next];) {
        const std::int32_t from = py * width + px;
        px += (x[next] > px) - (x[next] < px);
        py += (y[next] > py) - (y[next] < py);
        m.hops.push_back({i, from, py * width + px});
      }
      at = next;
    }
  }
  std::vector<Violation> violations;
  check_routes({m, good.chip, good.layer}, violations);
  return violations;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("routes that turn in a ring of chips deadlock over all their links; along rows first they do not") {
    const auto violations = ring_of_chips(4);
    REQUIRE(violations.size() == 1);
    CHECK(violations[0].kind == "deadlock");
    CHECK(violations[0].value.find("a cycle of 24 links") == 0); // twice 8 east or west, twice 4 north or south
    CHECK(ring_of_chips(0).empty());
  }

  TEST_CASE("chips are joined by one link per side, at the row and the column of their gateways") {
    const GoodMapping good;
    const int w = good.chip.mesh_width, h = good.chip.mesh_height;
    Floor floor = floor_of(good.chip, good.program, 0);
    const int width = floor.width();
    for (int row = 0; row < h; ++row)
      CHECK((floor.link_between(row * width + w - 1, row * width + w) >= 0) == (row == h / 2));
    for (int column = 0; column < w; ++column)
      CHECK((floor.link_between((h - 1) * width + column, h * width + column) >= 0) == (column == w / 2));
    CHECK(floor.link_between(0, 1) == Floor::link_of(0, to_east));
    CHECK(floor.link_between(width - 1, width) == -1);
    Mapping m = good.mapping;
    m.cores = {{0, w - 1 + 0, 0, 0, 1, 1, 1, 100}, {1, 0, 0, 1, 1, 1, 1, 100}};
    m.cores[0].core = (w - 1) * good.chip.cores_per_router; // the last router of the first row
    m.members = {{0, 1}};
    m.sends = {{0, 0, 0, 1, 0}};
    m.hops = {{0, w - 1, w}};
    std::vector<Violation> violations;
    check_routes({m, good.chip, good.layer}, violations);
    REQUIRE(violations.size() == 1);
    CHECK(violations[0].kind == "no such link");
    CHECK(violations[0].limit.find("between chips one per side, at row 2 and column 4") != std::string::npos);
  }

  TEST_CASE("four routes that turn in a ring deadlock, and the ring is the counter-example") {
    const auto violations = square(true);
    REQUIRE(violations.size() == 1);
    CHECK(violations[0].kind == "deadlock");
    CHECK(violations[0].value ==
          "a cycle of 4 links: (0, 0) east -> (1, 0) south -> (1, 1) west -> (0, 1) north -> again");
  }

  TEST_CASE("the same four in dimension order do not") {
    CHECK(square(false).empty());
  }

  TEST_CASE("routes of one's own: good, off the mesh, broken, doubled, short, too long") {
    CHECK(with_hops({{0, 0, 8}, {0, 8, 9}}).empty());
    const auto kind = [](const std::vector<Hop>& hops) {
      const auto violations = with_hops(hops);
      REQUIRE(violations.size() == 1);
      return violations[0].kind;
    };
    CHECK(kind({{0, 0, 9}}) == "no such link");
    CHECK(kind({{0, 7, 8}}) == "no such link"); // from the end of a row to the start of the next
    CHECK(kind({{0, 0, 2000000000}}) == "no such link");
    CHECK(kind({{0, 1, 9}, {0, 0, 1}}) == "route broken");
    CHECK(kind({{0, 0, 1}, {0, 1, 9}, {0, 0, 8}, {0, 8, 9}}) == "route reaches twice");
    CHECK(kind({{0, 0, 1}}) == "not connected");
    CHECK(kind({{0, 0, 8}, {0, 8, 9}, {0, 0, 1}}) == "route ends nowhere");
  }

  TEST_CASE("a multicast fork counts as a dependency on both branches") {
    DependencyGraph graph(4);
    graph.add(0, 1);
    graph.add(0, 2);
    CHECK(graph.cycle().empty());
    CHECK(graph.dependencies() == 2);
    graph.add(2, 3);
    graph.add(3, 0);
    CHECK(graph.cycle() == std::vector<int>{0, 2, 3});
    graph.add(1, 1);
    CHECK(graph.cycle() == std::vector<int>{1});
  }
}

namespace {

/// Every link that a packet between any two routers may hold while it waits for the next one.
DependencyGraph dependencies(const hw::noc::Topology& topology) {
  DependencyGraph graph(topology.routers() * topology.ports());
  for (int from = 0; from < topology.routers(); ++from)
    for (int to = 0; to < topology.routers(); ++to) {
      if (topology.is_switch(from) || topology.is_switch(to))
        continue;
      int held = -1;
      for (int at = from; at != to;) {
        const int port = topology.next_port(at, to), wanted = at * topology.ports() + port;
        if (held >= 0)
          graph.add(held, wanted);
        held = wanted;
        at = topology.neighbour(at, port);
        REQUIRE(at >= 0);
      }
    }
  return graph;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("the routes of a tree of chips have no cycle of links, whatever its shape") {
    using hw::noc::Topology;
    const hw::noc::LinkClass link;
    for (const int width : {1, 2, 3, 4})
      for (const int height : {1, 2, 3})
        for (const std::vector<hw::noc::SwitchLevel>& levels :
             {std::vector<hw::noc::SwitchLevel>{{3, link}}, {{2, link}, {3, link}}, {{1, link}, {2, link}, {2, link}}}) {
          const DependencyGraph graph = dependencies(Topology::tree(width, height, 1, levels));
          CHECK(graph.dependencies() > 0);
          CHECK(graph.cycle().empty());
          CHECK(dependencies(Topology::tree(2, 2, 1, {width, height, {}}, {{3, link}, {2, link}})).cycle().empty());
        }
    CHECK(!dependencies(Topology::mesh(4, 3)).cycle().size());
  }

  TEST_CASE("a cycle is found exactly where depth-first search finds one, and is one") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      std::mt19937_64 random(seed);
      constexpr int links = 12;
      DependencyGraph graph(links);
      bool edge[links][links] = {};
      for (int i = 0; i < 14; ++i) {
        const auto a = static_cast<int>(random() % links), b = static_cast<int>(random() % links);
        graph.add(a, b);
        edge[a][b] = true;
      }
      bool reach[links][links];
      std::copy(&edge[0][0], &edge[0][0] + links * links, &reach[0][0]);
      for (int k = 0; k < links; ++k)
        for (int i = 0; i < links; ++i)
          for (int j = 0; j < links; ++j)
            reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
      bool cyclic = false;
      for (int i = 0; i < links; ++i)
        cyclic = cyclic || reach[i][i];
      const std::vector<int> cycle = graph.cycle();
      CHECK(cyclic == !cycle.empty());
      for (std::size_t i = 0; i < cycle.size(); ++i)
        CHECK(edge[cycle[i]][cycle[(i + 1) % cycle.size()]]);
    }
  }
}
