// Small programs whose time and counts follow from the description by hand.
#include <doctest/doctest.h>

#include "hw/neuromorphic/system.hpp"
#include "hw/noc/deadlock.hpp"

using namespace moesaic;

/// SystemC's library wants one.
extern "C" int sc_main(int, char**) {
  return 0;
}

namespace {

hw::Chip chip_named(const char* name) {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", name, "hardware")));
}
hw::Chip loihi2() {
  return chip_named("loihi2");
}

/// `sources` neurons on one core send to one core of `columns` integrators on chip `to_chip`.
hw::Program pair(int sources, int columns, int chips, int to_chip) {
  hw::Program p;
  p.name = "pair";
  p.chips = p.grid_width = chips;
  p.grid_height = 1;
  p.populations = {{"sources", hw::Soma::source, 0, 1, sources, 0, 1, hw::never_triggered, 0, 0},
                   {"sinks", hw::Soma::integrator, 1, 1, columns, 1, 1, 0, 0, 0}};
  hw::SynapseTable table;
  table.rows = sources;
  table.columns = columns;
  p.tables = {table};
  p.groups = {{{1}}};
  p.axons = {{0, sources, 0, 0, 0}};
  p.cores = {{0, 0, 0, 0, sources, 0, 0, 0, 1}, {to_chip, 1, 1, 0, columns, 0, 1, 0, 0}};
  return p;
}

hw::SystemRun run(const hw::Program& program, int tokens = 1) {
  hw::ScriptedActivity activity(program, {});
  return hw::run_system(loihi2(), program, Corner::nominal, activity, tokens);
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("counts follow from the program") {
    const auto r = run(pair(10, 7, 1, 0), 3);
    CHECK(r.steps.size() == 4); // three tokens, and the last one's soma
    CHECK(r.counts.spikes == 3 * (10 + 7));
    CHECK(r.counts.axon_out == 30);
    CHECK(r.counts.axon_in == 30);
    CHECK(r.counts.operations() == 3 * 10 * 7);
    CHECK(r.counts.updates == 3 * 17);
    CHECK(r.counts.idle_updates == 4 * 17 - 3 * 17);
    CHECK(r.chip_crossings == 0);
  }

  TEST_CASE("a step that the synapses bound takes their time") {
    const hw::Chip chip = loihi2();
    const auto r = run(pair(400, 400, 1, 0));
    const double operations = 400.0 * 400 * chip.synapse_dense.latency.value;
    const double work = static_cast<double>(r.steps[0].work) * 1e-12;
    CHECK(work >= operations);
    CHECK(work <= operations + 50e-9); // first spike, its way there, axon in
    CHECK(r.steps[0].synapse_busy == doctest::Approx(operations * 1e12));
  }

  TEST_CASE("a step that a chip link bounds takes its time, and each message crosses once") {
    const hw::Chip chip = loihi2();
    const auto r = run(pair(1000, 1, 3, 2));
    CHECK(r.chip_crossings == 2000);
    CHECK(r.gateway_messages == 2000);
    const double serial = 1000 * chip.link.message.value / chip.link.bandwidth.value;
    const double work = static_cast<double>(r.steps[0].work) * 1e-12;
    CHECK(work >= 0.95 * serial); // the link's time is rounded to whole cycles
    CHECK(work <= 1.05 * serial + 400e-9);
  }

  TEST_CASE("an idle core's neurons set the least time of a step") {
    const hw::Chip chip = loihi2();
    hw::Program p = pair(1, 1, 1, 0);
    p.cores.push_back({0, 2, 1, 1, 8000, 0, 0, 0, 0});
    const auto r = run(p);
    CHECK(static_cast<double>(r.steps[1].work) * 1e-12 ==
          doctest::Approx(8000 * chip.idle_update.latency.value));
  }

  TEST_CASE("hops of an asynchronous mesh take their published nanoseconds") {
    const hw::Chip chip = chip_named("loihi");
    const auto work = [&](int across, int down) {
      hw::Program p = pair(1, 1, 1, 0);
      p.cores[1].slot = (down * chip.mesh_width + across) * chip.cores_per_router;
      hw::ScriptedActivity activity(p, {});
      return hw::run_system(chip, p, Corner::nominal, activity, 1).steps[0].work; // picoseconds
    };
    const auto here = work(0, 0);
    CHECK(work(1, 0) - here == 4100);
    CHECK(work(7, 0) - here == 7 * 4100);
    CHECK(work(0, 3) - here == 3 * 6500);
    CHECK(work(5, 2) - here == 5 * 4100 + 2 * 6500);
  }

  TEST_CASE("a route of its own goes from chip to chip without a gateway, hop by hop") {
    const hw::Chip chip = chip_named("loihi");
    const auto run_on = [&](const hw::Program& p) {
      hw::ScriptedActivity activity(p, {});
      return hw::run_system(chip, p, Corner::nominal, activity, 1);
    };
    hw::Program p = pair(1, 1, 2, 1); // both at the first router of their chip
    const int middle_row = chip.mesh_height / 2, width = 2 * chip.mesh_width, to = chip.mesh_width;
    hw::OwnRoute route{0, 0, {}};
    for (int y = 0; y < middle_row; ++y)
      route.links.emplace_back(y * width, (y + 1) * width);
    for (int x = 0; x < to; ++x)
      route.links.emplace_back(middle_row * width + x, middle_row * width + x + 1);
    for (int y = middle_row; y > 0; --y)
      route.links.emplace_back(y * width + to, (y - 1) * width + to);
    const auto by_gateways = run_on(p), here = run_on(pair(1, 1, 1, 0));
    p.routes.push_back(route);
    const auto own = run_on(p);
    CHECK(by_gateways.gateway_messages == 2);
    CHECK(own.gateway_messages == 0);
    CHECK(own.chip_crossings == 1);
    CHECK(own.east_west_hops == static_cast<std::uint64_t>(to - 1));
    CHECK(own.north_south_hops == static_cast<std::uint64_t>(2 * middle_row));
    const double path = (to - 1) * 4.1e-9 + 2 * middle_row * 6.5e-9 + chip.link.latency.value;
    const double took = static_cast<double>(own.steps[0].work - here.steps[0].work) * 1e-12;
    CHECK(took >= path - 1e-12);
    CHECK(took <= path + chip.network_tick(Corner::nominal) * 1.01); // through the border's router
    CHECK(own.steps[0].work < by_gateways.steps[0].work);
  }

  TEST_CASE("routes that turn in a ring of four chips block each other, which is an error and not an end") {
    const hw::Chip chip = loihi2();
    const int x0 = chip.mesh_width / 2, y0 = chip.mesh_height / 2, width = 2 * chip.mesh_width;
    const int corner_x[] = {x0, x0 + chip.mesh_width, x0 + chip.mesh_width, x0},
              corner_y[] = {y0, y0, y0 + chip.mesh_height, y0 + chip.mesh_height}, chips[] = {0, 1, 3, 2};
    constexpr int messages = 2000;
    const auto ring = [&](int senders) {
      hw::Program p;
      p.name = "ring";
      p.chips = 4;
      p.grid_width = p.grid_height = 2;
      p.populations = {{"sources", hw::Soma::source, 0, 4, 4 * messages, 0, 1, hw::never_triggered, 0, 0},
                       {"sinks", hw::Soma::integrator, 4, 4, 4 * 64, 1, 1, 0, 0, 0}};
      hw::SynapseTable table;
      table.rows = messages;
      table.columns = 64;
      const int slot = (y0 * chip.mesh_width + x0) * chip.cores_per_router;
      for (int i = 0; i < 4; ++i) {
        p.cores.push_back({chips[i], slot, 0, i * messages, messages, 0, 0, i, i < senders ? 1 : 0});
        p.axons.push_back({0, messages, i, 0, 0});
        p.groups.push_back({{4 + (i + 2) % 4}});
        p.tables.push_back(table);
      }
      for (int i = 0; i < 4; ++i)
        p.cores.push_back({chips[i], slot + 1, 1, i * 64, 64, i, 1, 0, 0});
      for (int i = 0; i < senders; ++i) {
        hw::OwnRoute route{i, i, {}};
        for (int side = 0; side < 2; ++side) {
          int x = corner_x[(i + side) % 4], y = corner_y[(i + side) % 4];
          const int end_x = corner_x[(i + side + 1) % 4], end_y = corner_y[(i + side + 1) % 4];
          while (x != end_x || y != end_y) {
            const int from = y * width + x;
            x += (end_x > x) - (end_x < x);
            y += (end_y > y) - (end_y < y);
            route.links.emplace_back(from, y * width + x);
          }
        }
        p.routes.push_back(route);
      }
      return p;
    };
    const hw::Program three = ring(3), four = ring(4);
    hw::ScriptedActivity activity(three, {}), deadlocked(four, {});
    CHECK(hw::run_system(chip, three, Corner::nominal, activity, 1).counts.axon_in == 3 * messages);
    CHECK_THROWS_WITH_AS(hw::run_system(chip, four, Corner::nominal, deadlocked, 1), doctest::Contains("these channels wait for each other"),
                         hw::noc::DeadlockError);
  }

  TEST_CASE("energies sum to the total") {
    const hw::Program p = pair(10, 7, 2, 1);
    const auto r = run(p);
    hw::Ledger ledger;
    hw::enter_energy(ledger, loihi2(), p, r, r.seconds, r.seconds, r.seconds);
    double total = 0, expected = 2 * loihi2().static_power.value * r.seconds;
    for (const auto& line : ledger.lines())
      total += line.joules;
    const hw::Chip chip = loihi2();
    expected +=
        70 * chip.synapse_dense.energy.value + 10 * chip.axon_out.energy.value + 17 * chip.spike.energy.value;
    expected += 17 * (chip.neuron_access.energy.value + chip.neuron_update.energy.value);
    expected += 17 * chip.idle_update.energy.value + 10 * chip.link.energy.value;
    expected += static_cast<double>(r.east_west_hops) * chip.east_west.energy.value;
    expected += static_cast<double>(r.north_south_hops) * chip.north_south.energy.value;
    CHECK(total == doctest::Approx(expected).epsilon(1e-12));
  }
}
