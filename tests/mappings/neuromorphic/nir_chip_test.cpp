// NIR graphs on chips against the equations, and the limits of chips.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "description/error.hpp"
#include "hw/neuromorphic/core_spans.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "tests/hw/neuromorphic/tree_chip.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"
#include "workloads/spike_input.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

TEST_SUITE("system") {
  TEST_CASE("the spans of cores: the same run, each within its step, the busiest at least as long as it was busy") {
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
    const auto held = mappings::hold_nir(chip, small_network());
    const auto input = mappings::hold_input(chip, held, load_spike_input("poisson:200", {72, 1e-3, 20, 9}));
    const hw::Program program = mappings::make_nir_program(chip, held);
    const auto run = [&](hw::SpanLog& log) {
      mappings::NirValues values(program, held, input);
      return hw::run_system(chip, program, Corner::nominal, values, 20, 20, log);
    };
    mappings::NirValues values(program, held, input);
    const auto without = hw::run_system(chip, program, Corner::nominal, values, 20, 20);
    hw::SpanLog log, narrow, few, traffic;
    const auto with = run(log);
    traffic.interval = 100000; // 0.1 us
    CHECK(run(traffic).seconds == without.seconds);
    CHECK(traffic.spans.size() == log.spans.size());
    std::uint64_t flits = 0;
    for (const auto& span : traffic.traffic) {
      flits += span.flits;
      CHECK(span.start < span.end);
    }
    CHECK(flits == without.flit_hops);
    CHECK(log.traffic.empty());
    CHECK(with.seconds == without.seconds);
    CHECK(with.counts.operations() == without.counts.operations());
    CHECK(log.dropped == 0);
    std::vector<hw::Picoseconds> longest(with.steps.size() * 2, 0);
    for (const auto& span : log.spans) {
      const auto& step = with.steps[static_cast<std::size_t>(span.step)];
      CHECK(span.start >= step.start);
      CHECK(span.start < span.end);
      CHECK(span.end <= step.start + step.work);
      auto& most = longest[static_cast<std::size_t>(span.step) * 2 + (span.synapses ? 1 : 0)];
      most = std::max(most, span.end - span.start);
    }
    for (std::size_t t = 0; t < with.steps.size(); ++t) {
      CHECK(longest[2 * t] >= with.steps[t].soma_busy);
      CHECK(longest[2 * t + 1] >= with.steps[t].synapse_busy);
    }
    narrow.from = with.steps[5].start, narrow.to = with.steps[6].start;
    run(narrow);
    CHECK(narrow.spans.size() < log.spans.size());
    CHECK(narrow.spans.size() > 0);
    for (const auto& span : narrow.spans)
      CHECK((span.end >= narrow.from && span.start <= narrow.to));
    few.most = 7;
    run(few);
    CHECK(few.spans.size() == 7);
    CHECK(few.dropped == log.spans.size() - 7);
  }

  TEST_CASE("spikes over switches are those of the equations, and those of a grid") {
    hw::Chip tree = test::tree_chip({{2}, {2}, {2}}), grid = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
    const auto held = mappings::hold_nir(grid, small_network());
    const auto input = mappings::hold_input(grid, held, load_spike_input("poisson:200", {72, 1e-3, 30, 9}));
    const NirRun reference = run_reference(held.network, input);
    for (hw::Chip* chip : {&tree, &grid}) {
      chip->cores = 1; // a chip for each core
      const hw::Program program = mappings::make_nir_program(*chip, held);
      REQUIRE(program.chips > 1);
      mappings::NirValues values(program, held, input);
      const auto run = hw::run_system(*chip, program, Corner::nominal, values, 30, 30);
      CHECK(values.result().spikes == reference.spikes);
      CHECK(run.chip_crossings > 0);
      CHECK(run.level_crossings.empty() == chip->tree.empty());
    }
  }

  TEST_CASE("chips compute what the equations say, within the bound") {
    const NirNetwork network = small_network();
    const InputSteps input = load_spike_input("poisson:200", {72, 1e-3, 60, 9});
    for (const char* name : {"loihi", "loihi2", "spinnaker2"}) {
      CAPTURE(name);
      const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", name, "machine")));
      const auto held = mappings::hold_nir(chip, network);
      const auto held_input = mappings::hold_input(chip, held, input);
      const hw::Program program = mappings::make_nir_program(chip, held);
      mappings::NirValues values(program, held, held_input);
      const auto system = hw::run_system(chip, program, Corner::nominal, values, 60, 60);
      const NirRun reference = run_reference(held.network, held_input);
      CHECK(values.result().spikes == reference.spikes);
      const auto bounds = mappings::state_bounds(held, 60);
      std::size_t fired = 0;
      for (std::size_t p = 0; p < reference.state.size(); ++p) {
        const double bound = bounds[p] + 1e-12;
        for (std::size_t t = 0; t < reference.state[p].size(); ++t) {
          fired += reference.spikes[p][t].size();
          for (std::size_t i = 0; i < reference.state[p][t].size(); ++i)
            CHECK(std::abs(reference.state[p][t][i] - values.result().state[p][t][i]) <= bound);
        }
      }
      CHECK(fired > 100);
      CHECK(system.steps.size() == 60);
    }
  }

  TEST_CASE("what a chip cannot hold is named with its limit") {
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "truenorth", "machine")));
    CHECK_THROWS_WITH_AS(mappings::hold_nir(chip, small_network()), doctest::Contains("node 'cuba': CubaLIF neurons"), InputError);
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {300});
    b.node("w", "Linear").numbers("weight", std::vector<double>(300, 1), {1, 300});
    b.lif("lif", 1, 0.01, 1, 1);
    b.node("out", "Output").numbers("shape", {1});
    const NirNetwork wide = network_of(b, {{"in", "w"}, {"w", "lif"}, {"lif", "out"}});
    CHECK_THROWS_WITH_AS(mappings::make_nir_program(chip, mappings::hold_nir(chip, wide)),
                         doctest::Contains("300 entries of fan-in needed, 256 held, 44 too many"), InputError);
    NirBuilder graded;
    graded.node("in", "Input").numbers("shape", {1});
    graded.lif("lif", 1, 0.01, 1, 1);
    graded.node("out", "Output").numbers("shape", {1});
    const auto held = mappings::hold_nir(chip, network_of(graded, {{"in", "lif"}, {"lif", "out"}}));
    CHECK_THROWS_WITH_AS(mappings::hold_input(chip, held, {{0.5}}), doctest::Contains("spikes of one bit only"), InputError);
  }

  TEST_CASE("a state that outgrows the accumulator stops at its end") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("w", "Linear").numbers("weight", {100}, {1, 1});
    b.node("i", "I").numbers("r", {1000}); // adds 100 a step
    b.node("out", "Output").numbers("shape", {1});
    hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi", "machine")));
    chip.accumulator_bits = 12;
    const auto held = mappings::hold_nir(chip, network_of(b, {{"in", "w"}, {"w", "i"}, {"i", "out"}}));
    const double end = std::ldexp(2047, -held.fraction_bits);
    const auto steps = static_cast<std::size_t>(end / 100) + 10;
    const InputSteps input = constant(steps, {1});
    const hw::Program program = mappings::make_nir_program(chip, held);
    mappings::NirValues values(program, held, input);
    hw::run_system(chip, program, Corner::nominal, values, static_cast<std::int64_t>(steps), static_cast<std::int64_t>(steps));
    const auto& state = values.result().state[index_of(held.network, "i")];
    for (std::size_t t = 0; t < steps; ++t) // the input of step t counts in step t + 1
      CHECK(state[t][0] == doctest::Approx(std::min(100.0 * static_cast<double>(t), end)));
    CHECK(values.clipped() == 10 - 1);
  }

  TEST_CASE("a fan-out beyond the chip is named with its limit") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("w", "Linear").numbers("weight", {1}, {1, 1});
    b.lif("lif", 1, 0.01, 1, 1);
    b.node("out", "Output").numbers("shape", {1});
    hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi", "machine")));
    const auto held = mappings::hold_nir(chip, network_of(b, {{"in", "w"}, {"w", "lif"}, {"lif", "out"}}));
    chip.memory.fan_out.value = 0;
    CHECK_THROWS_WITH_AS(mappings::make_nir_program(chip, held),
                         doctest::Contains("population 'in', core 0 of chip 0: 1 entries of fan-out needed, 0 held, 1 too many"),
                         InputError);
  }
}
