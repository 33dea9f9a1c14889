#include <doctest/doctest.h>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/override.hpp"
#include "hw/neuromorphic/chip_variation.hpp"

using namespace moesaic;

namespace {
hw::Chip loihi2() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "hardware")));
}

/// Every figure of a chip that its time and energy depend on.
std::vector<Figure> figures_of(const hw::Chip& chip) {
  std::vector<Figure> all{chip.static_power, chip.network_cycle, chip.link.latency, chip.link.bandwidth, chip.link.message,
                          chip.link.energy, chip.barrier_border, chip.memory.size};
  for (const auto& o : {chip.axon_in, chip.axon_out, chip.synapse_dense, chip.synapse_sparse, chip.synapse_convolution,
                        chip.dendrite, chip.neuron_access, chip.neuron_update, chip.idle_update, chip.spike,
                        chip.instruction, chip.east_west, chip.north_south})
    all.push_back(o.latency), all.push_back(o.energy);
  for (const auto& figure : {chip.power_limit, chip.weight_bandwidth, chip.tick, chip.network_resolution})
    if (figure)
      all.push_back(*figure);
  for (const auto& point : chip.barrier)
    all.push_back(point.time);
  return all;
}
} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every figure of a chip, varied in place, is as the changed description reads") {
    for (const char* name : {"loihi2", "northpole", "truenorth"}) {
      const Document document = Document::load(catalog_file("hw/catalog", name, "machine"));
      const hw::Chip chip = hw::load_chip(document);
      int varied = 0;
      for (const Figure& figure : document.figures())
        for (const double factor : {0.5, 2.0}) {
          const double scale = parse_quantity("1 " + figure.unit).value;
          const std::vector<Override> change = {{figure.path, fmt::format("{} {}", factor * figure.value / scale, figure.unit)}};
          const auto quick = hw::varied(chip, change);
          CAPTURE(change[0].path);
          CAPTURE(change[0].value);
          if (!quick)
            continue; // read in full
          ++varied;
          const auto here = figures_of(*quick), there = figures_of(hw::load_chip(with_overrides(document, change, "s")));
          REQUIRE(here.size() == there.size());
          int changed = 0;
          for (std::size_t i = 0; i < here.size(); ++i) {
            CHECK(here[i].value == there[i].value);
            CHECK(here[i].low == there[i].low);
            CHECK(here[i].high == there[i].high);
            CHECK(here[i].unit == there[i].unit);
            CHECK(here[i].path == there[i].path);
            CHECK(here[i].source == there[i].source);
            CHECK(here[i].confidence == there[i].confidence);
            changed += here[i].source == "varied";
          }
          CHECK(changed == 1);
        }
      CHECK(varied > 30);
    }
    const hw::Chip chip = loihi2();
    CHECK_FALSE(hw::varied(chip, {{"chip.cores", "100 cores"}})); // has to fit the routers
    CHECK_FALSE(hw::varied(chip, {{"chip.static_power", "1 J"}}));
    CHECK_FALSE(hw::varied(chip, {{"chip.static_power", "-1 W"}}));
    CHECK_FALSE(hw::varied(chip, {{"chip.static_powr", "1 W"}}));
  }

  TEST_CASE("Loihi 2 loads with its published sizes") {
    const hw::Chip chip = loihi2();
    CHECK(chip.cores == 120);
    CHECK(chip.tiles() == 32);
    CHECK(chip.memory.size.value == 192 * 1024);
    CHECK(chip.payload_bits == 32);
    CHECK(chip.microcode);
    // No operation may cost more than all of Hala Point's power over its rate of synaptic operations.
    CHECK(chip.synapse_dense.energy.high <= 2600.0 / 380e12 * 1.001);
  }

  TEST_CASE("the barrier is linear between a chip's points, and grows by borders over a grid of chips") {
    const hw::Chip one = loihi2();
    CHECK(hw::barrier_seconds(one, {1, 1, 1}, Corner::nominal) == doctest::Approx(200e-9));
    CHECK(hw::barrier_seconds(one, {32, 1, 1}, Corner::nominal) == doctest::Approx(200e-9));
    CHECK(hw::barrier_seconds(one, {32, 12, 64}, Corner::nominal) == doctest::Approx(16.2e-6).epsilon(0.005)); // Frady 2020
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi", "hardware")));
    CHECK(hw::barrier_seconds(chip, {0, 1, 1}, Corner::nominal) == doctest::Approx(0.6e-6));
    CHECK(hw::barrier_seconds(chip, {3, 1, 1}, Corner::nominal) == doctest::Approx((1.0e-6 + 1.4e-6) / 2));
    CHECK(hw::barrier_seconds(chip, {32, 1, 1}, Corner::nominal) == doctest::Approx(1.8e-6 + 3 * 0.4e-6 / 25));
    CHECK(hw::barrier_seconds(chip, {32, 3, 5}, Corner::nominal) - hw::barrier_seconds(chip, {32, 1, 1}, Corner::nominal) ==
          doctest::Approx(6 * chip.barrier_border.value));
    CHECK(hw::barrier_seconds(chip, {32, 12, 64}, Corner::nominal) == doctest::Approx(16.2e-6).epsilon(0.005));
  }

  TEST_CASE("what cannot be negative is refused where it stands") {
    const Document whole = Document::load(catalog_file("hw/catalog", "loihi2", "hardware"));
    for (const char* path : {"chip.static_power", "link.energy", "link.latency", "barrier[0].time", "barrier_border",
                             "core.synapse_dense.energy", "memory.axon_entry"}) {
      CAPTURE(path);
      const Document changed = with_overrides(whole, {{path, "-" + find_override_target(whole, path).text}}, "test");
      CHECK_THROWS_WITH_AS(hw::load_chip(changed), doctest::Contains("negative"), InputError);
    }
  }

  TEST_CASE("memory is accounted for, and refused by how much") {
    const hw::Chip chip = loihi2();
    hw::Program program;
    program.name = "probe";
    program.chips = 1;
    program.populations.push_back({"cells"});
    hw::SynapseTable table;
    table.rows = 1000;
    table.columns = 190;
    program.tables = {table};
    program.axons.push_back({0, 190, 0, 0, 0});
    hw::Core core;
    core.neurons = 190;
    core.tables = 1;
    core.axons = 1;
    program.cores = {core};
    const hw::MemoryUse use = hw::memory_use(chip, program, core);
    CHECK(use.synapses == 190000);
    CHECK(use.neurons == 190 * 8 + 190 * 4); // state, and the accumulators being filled
    CHECK(use.axons_in == 4);
    CHECK(use.axons_out == 190 * 4);
    CHECK(use.microcode == 1024);
    CHECK(hw::violations(chip, program).empty());

    program.tables[0].columns = 200;
    const auto found = hw::violations(chip, program);
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("7500 too many") !=
          std::string::npos); // 200000 + 190 x 8 + 200 x 4 + 4 + 760 + 1024 - 196608
    CHECK_THROWS_AS(hw::check(chip, program), InputError);

    // Each row is an axon that reaches the core, in a dense table as in a sparse one.
    program.tables[0].rows = 32769;
    program.tables[0].columns = 1;
    const auto wide = hw::violations(chip, program);
    REQUIRE(wide.size() == 1);
    CHECK(wide[0].find("32769 entries of fan-in needed, 32768 held, 1 too many") != std::string::npos);
    program.tables[0].rows = 32768;
    CHECK(hw::violations(chip, program).empty());
    program.tables[0].format = hw::SynapseFormat::one_to_one;
    CHECK(hw::fan_in(program, program.cores[0]) == 32768);
    program.tables[0].format = hw::SynapseFormat::convolution;
    CHECK(hw::fan_in(program, program.cores[0]) == 1);
    program.tables[0].format = hw::SynapseFormat::dense;

    program.tables[0].columns = 1;
    program.cores[0].slot = 120;
    CHECK(hw::violations(chip, program).size() == 1);
    program.cores[0].slot = 0;
    program.cores[0].neurons = 8193;
    CHECK(hw::violations(chip, program).size() == 1);
  }
}
