// Chips below switches: latency and load of their links in closed form, energy, what cannot be.
#include <doctest/doctest.h>

#include <cmath>

#include "description/error.hpp"
#include "hw/neuromorphic/chip_tree.hpp"
#include "hw/neuromorphic/system.hpp"
#include "tests/hw/neuromorphic/tree_chip.hpp"

using namespace moesaic;
using test::tree_chip;

namespace {

/// `sources` neurons at the gateway of chip `from` send to one integrator at the gateways of the chips `to`.
hw::Program between(const hw::Chip& chip, int across, int down, int sources, int from, const std::vector<int>& to) {
  hw::Program p;
  p.name = "between";
  p.chips = across * down;
  p.grid_width = across;
  p.grid_height = down;
  const int sinks = static_cast<int>(to.size()), slot = hw::gateway_router(chip) * chip.cores_per_router;
  p.populations = {{"sources", hw::Soma::source, 0, 1, sources, 0, 1, hw::never_triggered, 0, 0},
                   {"sinks", hw::Soma::integrator, 1, sinks, sinks, 1, 1, 0, 0, 0}};
  hw::SynapseTable table;
  table.rows = sources;
  table.columns = 1;
  p.groups = {{}};
  p.axons = {{0, sources, 0, 0, 0}};
  p.cores = {{from, slot, 0, 0, sources, 0, 0, 0, 1}};
  for (int i = 0; i < sinks; ++i) {
    p.cores.push_back({to[static_cast<std::size_t>(i)], slot + 1, 1, i, 1, i, 1, 0, 0});
    p.tables.push_back(table);
    p.groups[0].members.push_back(i + 1);
  }
  return p;
}

hw::SystemRun run(const hw::Chip& chip, const hw::Program& program) {
  hw::ScriptedActivity activity(program, {});
  return hw::run_system(chip, program, Corner::nominal, activity, 1);
}

/// Network cycles (1 ns on Loihi 2) from a gateway's core to one of chip `to`: a router or switch takes one, a link its
/// latency, the way into the network and out of it two, the last link one. Twice in and out more than on one chip, since
/// the gateways take the message in.
int cycles_between(int meet, const std::vector<test::Level>& levels) {
  double links = 0;
  for (int level = 0; level < meet; ++level)
    links += 2 * levels[static_cast<std::size_t>(level)].latency;
  const int switches = 2 * meet - 1, inside = 1 + 1 + 2;
  return inside + (2 + switches) + static_cast<int>(links) + 1 + 2 + inside;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a tree takes as many of its levels as the chips need, the last switches partly filled") {
    const hw::Chip chip = tree_chip({{3}, {2}, {4}});
    CHECK(hw::most_chips(chip) == 24);
    CHECK(hw::tree_of(chip, 1).empty());
    CHECK(hw::tree_of(chip, 3).levels() == 1);
    const auto shape = hw::tree_of(chip, 7);
    CHECK(shape.levels() == 3);
    CHECK(shape.switches(1) == 3); // 3, 3 and 1 chips
    CHECK(shape.switches(2) == 2);
    CHECK(shape.switches(3) == 1);
    CHECK(shape.meet(0, 2) == 1);
    CHECK(shape.meet(0, 3) == 2);
    CHECK(shape.meet(5, 6) == 3);
    CHECK(hw::farthest_links(chip, 7, 1) == 6);
    CHECK(hw::farthest_links(hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine"))), 4, 3) == 5);
  }

  TEST_CASE("the example of the documentation takes the place of a description's link") {
    std::ifstream file(catalog_folder("docs/examples") + "/switches.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    const hw::Chip chip = hw::load_chip(Document::parse(test::loihi2_with(text.str()), "t.yaml"));
    CHECK(hw::most_chips(chip) == 960);
    CHECK(hw::tree_of(chip, 70).switches() == 9 + 2 + 1);
  }

  TEST_CASE("descriptions of trees that cannot be are refused, with the place") {
    using doctest::Contains;
    const auto load = [](const std::string& joints) {
      return hw::load_chip(Document::parse(test::loihi2_with(joints), "t.yaml"));
    };
    CHECK_THROWS_WITH_AS(load(test::tree_text({{16}})), Contains("tree[0].radix: a switch has at most 15"), InputError);
    CHECK_THROWS_WITH_AS(load("tree: []\n"), Contains("at least one level"), InputError);
    CHECK_THROWS_WITH_AS(load(""), Contains("link"), InputError);
    std::string without = test::tree_text({{4}});
    without.replace(without.find("static_power"), 12, "statik_power");
    CHECK_THROWS_WITH_AS(load(without), Contains("static_power"), InputError);
    std::string scheduled = test::loihi2_with(test::tree_text({{4}}));
    scheduled.replace(scheduled.find("microcode: true"), 15, "microcode: false\n  static_schedule: true");
    CHECK_THROWS_WITH_AS(hw::load_chip(Document::parse(scheduled, "t.yaml")), Contains("tree: not supported with static_schedule"),
                         InputError);
    CHECK_THROWS_WITH_AS(load("link: {latency: 1}\n" + test::tree_text({{4}})), Contains("link: contradicts"), InputError);
  }
}

TEST_SUITE("system") {
  TEST_CASE("a chip alone is the same to the bit, whatever would join it to others") {
    const hw::Chip grid = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
    hw::Chip tree = tree_chip({{4}});
    const hw::Program program = between(grid, 1, 1, 300, 0, {0});
    const hw::SystemRun a = run(grid, program), b = run(tree, program);
    CHECK(a.seconds == b.seconds);
    CHECK(a.flit_hops == b.flit_hops);
    CHECK(a.link_share == b.link_share);
    CHECK(b.chip_crossings == 0);
    CHECK(b.level_crossings.empty());
    hw::Ledger first, second;
    hw::enter_energy(first, grid, program, a, a.seconds, a.seconds, a.seconds);
    hw::enter_energy(second, tree, program, b, b.seconds, b.seconds, b.seconds);
    REQUIRE(first.lines().size() == second.lines().size());
    for (std::size_t i = 0; i < first.lines().size(); ++i)
      CHECK(first.lines()[i].joules == second.lines()[i].joules);
  }

  TEST_CASE("an empty tree's latency is that of its links, its switches and its two gateways") {
    const std::vector<test::Level> levels{{2, 60}, {2, 110}, {2, 25}};
    const hw::Chip chip = tree_chip(levels);
    const auto here = run(chip, between(chip, 1, 1, 1, 0, {0})).steps[0].work;
    for (const int to : {1, 2, 3, 4, 7}) {
      const int meet = to < 2 ? 1 : to < 4 ? 2 : 3;
      const auto r = run(chip, between(chip, 4, 2, 1, 0, {to}));
      CAPTURE(to);
      CHECK(r.steps[0].work - here == 1000 * cycles_between(meet, levels));
      CHECK(r.gateway_messages == 2);
      CHECK(r.chip_crossings == static_cast<std::uint64_t>(2 * meet));
    }
    // Chips count row by row, whatever the grid in which they are numbered.
    CHECK(run(chip, between(chip, 2, 4, 1, 0, {7})).seconds == run(chip, between(chip, 4, 2, 1, 0, {7})).seconds);
  }

  TEST_CASE("a route of its own over switches goes straight to the receiver's router") {
    const hw::Chip chip = tree_chip({{2, 60}, {2, 110}});
    auto program = between(chip, 2, 2, 1, 0, {3});
    const auto here = run(chip, between(chip, 1, 1, 1, 0, {0})).steps[0].work;
    const int grid = 4 * chip.tiles(), gateway = hw::gateway_router(chip);
    const int last = chip.mesh_height * 2 * chip.mesh_width + chip.mesh_width + gateway; // of chip 3, in the grid of 2 x 2
    program.routes = {{0, 0, {{gateway, grid}, {grid, grid + 2}, {grid + 2, grid + 1}, {grid + 1, last}}}};
    const auto r = run(chip, program);
    CHECK(r.gateway_messages == 0);
    CHECK(r.level_crossings == std::vector<std::uint64_t>{2, 2});
    CHECK(r.steps[0].work - here == 1000 * (2 * 60 + 2 * 110 + 1 + 3)); // a router and three switches more
  }

  TEST_CASE("a multicast crosses each link once, and links and switches are in the energy by level") {
    const hw::Chip chip = tree_chip({{3, 60, 2, 200, 50}, {3, 90, 4, 700, 80}});
    const auto program = between(chip, 7, 1, 5, 1, {0, 1, 2, 3, 4, 5, 6});
    const auto r = run(chip, program);
    CHECK(r.level_crossings == std::vector<std::uint64_t>{5 * (1 + 6), 5 * (1 + 2)}); // up once, down to all others
    CHECK(r.chip_crossings == 5 * 10);
    CHECK(r.switch_share.size() == 4);
    CHECK(r.link_share.size() == static_cast<std::size_t>(r.routers_across * r.routers_down));
    hw::Ledger ledger;
    hw::enter_energy(ledger, chip, program, r, 2, 2, 2);
    double links = 0, switches = 0;
    for (const auto& line : ledger.lines()) {
      links += line.component == "network.links" ? line.joules : 0;
      switches += line.component == "system.switches" ? line.joules : 0;
    }
    CHECK(links == doctest::Approx(35 * 200e-12 + 15 * 700e-12));
    CHECK(switches == doctest::Approx(2 * (3 * 50e-3 + 80e-3)));
  }

  TEST_CASE("a step that the root's link bounds takes its time") {
    const hw::Chip chip = tree_chip({{2, 60, 4}, {2, 60, 0.5}}); // 2 and 16 ns per message of 8 B
    const auto r = run(chip, between(chip, 2, 2, 1000, 0, {3}));
    const double work = static_cast<double>(r.steps[0].work) * 1e-12;
    CHECK(work >= 1000 * 16e-9);
    CHECK(work <= 1000 * 16e-9 + 600e-9);
    CHECK(r.switch_share[0] == doctest::Approx(1000 * 16e-9 / r.seconds));
  }

  TEST_CASE("a long link carries what the buffer at its end holds in one round trip of a credit") {
    for (const int buffer : {4, 10}) {
      test::Level level{2, 250};
      level.buffer = buffer;
      const hw::Chip chip = tree_chip({level});
      const auto r = run(chip, between(chip, 2, 1, 1000, 0, {1}));
      // Through the switch in a cycle, over the link, and back as long, at 1 ns a cycle.
      const double each = (2 * 250 + 2) * 1e-9 / buffer, work = static_cast<double>(r.steps[0].work) * 1e-12;
      CHECK(work == doctest::Approx(1000 * each).epsilon(0.05));
    }
  }

  TEST_CASE("a program of more chips than the switches have room for is refused") {
    const hw::Chip chip = tree_chip({{2}, {3}});
    CHECK_THROWS_WITH_AS(run(chip, between(chip, 7, 1, 1, 0, {6})), doctest::Contains("at most 6: 1 too many"), InputError);
  }
}
