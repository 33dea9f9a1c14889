// Weights that are fetched from a chip's outer memory: bandwidth, latency, contention and energy by hand.
#include <doctest/doctest.h>

#include "description/error.hpp"
#include "hw/neuromorphic/pipeline.hpp"
#include "hw/neuromorphic/system.hpp"

using namespace moesaic;

namespace {

constexpr int rows = 300, columns = 2048;

hw::Chip spinnaker2() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "spinnaker2", "hardware")));
}

/// A core of sources sends to two cores of integrators, on the chips given, whose weights are streamed.
hw::Program two_sinks(int first_chip, int second_chip) {
  hw::Program p;
  p.name = "two sinks";
  p.chips = p.grid_width = 3;
  p.grid_height = 1;
  p.populations = {{"sources", hw::Soma::source, 0, 1, rows, 0, 1, hw::never_triggered, 0, 0},
                   {"sinks", hw::Soma::integrator, 1, 2, 2 * columns, 1, 1, 0, 0, 0}};
  hw::SynapseTable table;
  table.rows = rows;
  table.columns = columns;
  table.streamed = true;
  p.tables = {table, table};
  p.groups = {{{1, 2}}};
  p.axons = {{0, rows, 0, 0, 0}};
  p.cores = {{0, 0, 0, 0, rows, 0, 0, 0, 1},
             {first_chip, 1, 1, 0, columns, 0, 1, 0, 0},
             {second_chip, 2, 1, columns, columns, 1, 1, 0, 0}};
  return p;
}

hw::SystemRun run(const hw::Chip& chip, const hw::Program& program) {
  hw::ScriptedActivity activity(program, {});
  return hw::run_system(chip, program, Corner::nominal, activity, 1);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a channel serves one request after the other and adds its latency to each") {
    hw::CoreTiming timing{};
    timing.burst = 5000; // femtoseconds
    timing.outer_latency = 100;
    hw::OuterChannel channel;
    CHECK(channel.request(timing, 10, 4) == 10 + 20 + 100);
    CHECK(channel.request(timing, 12, 2) == 30 + 10 + 100); // behind the first
    CHECK(channel.request(timing, 1000, 1) == 1000 + 5 + 100);
  }

  TEST_CASE("synapses wait for their weights, and the wait counts as theirs") {
    hw::CoreTiming timing{};
    timing.axon_in = 3;
    timing.axon_in_queue = 2;
    hw::Inbox inbox(timing);
    inbox.accept(timing, 0, 10, 1000, 50); // 10 ps of operations on weights that come at 50
    CHECK(inbox.drained_at() == 60);
    CHECK(inbox.busy() == (50 - 3) + 10);
    inbox.accept(timing, 55, 10, 1000, 56); // there before the synapses are free
    CHECK(inbox.drained_at() == 70);
    CHECK(inbox.busy() == 57 + 10);
  }

  TEST_CASE("a core holds the rows that wait, the chip's outer memory all of them; what is too much is told") {
    hw::Chip chip = spinnaker2();
    hw::Program program = two_sinks(1, 1);
    CHECK(hw::memory_use(chip, program, program.cores[1]).synapses == (chip.axon_in_queue + 2) * columns);
    CHECK(hw::row_bursts(chip, program.tables[0]) == columns / 32);
    program.tables[1].columns = 33; // rows begin at a burst
    CHECK(hw::outer_memory_use(chip, program) == std::vector<double>{0, rows * columns + rows * 64.0, 0});
    CHECK(hw::violations(chip, program).empty());
    chip.outer_memory->size.value = rows * columns;
    const auto found = hw::violations(chip, program);
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("chip 1: 633600 bytes of outer memory needed, 614400 held, 19200 too many") != std::string::npos);
    for (const char* name : {"loihi2", "truenorth", "northpole", "loihi"}) {
      const hw::Chip none = hw::load_chip(Document::load(catalog_file("hw/catalog", name, "hardware")));
      CHECK_THROWS_WITH_AS(hw::check(none, program), doctest::Contains((none.title + " has no memory outside").c_str()), InputError);
    }
  }
}

TEST_SUITE("system") {
  TEST_CASE("a step takes its chip's bursts at the memory's bandwidth: two cores of a chip share it, of two chips not") {
    hw::Chip chip = spinnaker2();
    chip.synapse_dense.latency.value = 60e-12; // below the memory's 156 ps per weight
    const hw::OuterMemory& outer = *chip.outer_memory;
    const double once = rows * double(columns) / outer.bandwidth.value;
    const auto apart = run(chip, two_sinks(1, 2)), together = run(chip, two_sinks(1, 1));
    const auto work = [](const hw::SystemRun& r) { return static_cast<double>(r.steps[0].work) * 1e-12; };
    const double slack = outer.latency.value + 2e-6; // first message's way there, last row's operations
    CHECK(work(apart) >= once + outer.latency.value);
    CHECK(work(apart) <= once + slack);
    CHECK(work(together) >= 2 * once + outer.latency.value);
    CHECK(work(together) <= 2 * once + slack);
    CHECK(together.counts.bursts == 2u * rows * columns / 32);
    CHECK(together.counts.bursts == apart.counts.bursts);
    CHECK(together.counts.operations() == 2u * rows * columns);
    // Resident, the same program waits for its synapses alone.
    hw::Program resident = two_sinks(1, 1);
    for (auto& table : resident.tables)
      table.streamed = false, table.columns = 64;
    CHECK(run(chip, resident).counts.bursts == 0);
  }

  TEST_CASE("bursts and the memories' own power are in the ledger, only where weights are streamed") {
    const hw::Chip chip = spinnaker2();
    const hw::Program program = two_sinks(1, 2);
    const auto r = run(chip, program);
    hw::Ledger ledger;
    hw::enter_energy(ledger, chip, program, r, r.seconds, r.seconds, r.seconds);
    double bursts = 0, standing = 0;
    for (const auto& line : ledger.lines())
      if (line.component == "system.outer_memory")
        (line.action == "static" ? standing : bursts) += line.joules;
    CHECK(bursts == doctest::Approx(2.0 * rows * columns / 32 * chip.outer_memory->energy.value));
    CHECK(standing == doctest::Approx(3 * chip.outer_memory->static_power.value * r.seconds));
  }
}
