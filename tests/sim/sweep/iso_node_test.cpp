#include <doctest/doctest.h>

#include "hw/process_node.hpp"
#include "sim/machine/machine.hpp"
#include "sim/sweep/iso_node.hpp"
#include "sim/sweep/machine_evaluator.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

const char* const technology = "technology:\n"
                               "  nodes: [as built, 7 nm]\n"
                               "  machines:\n"
                               "    chip: {node: 28 nm, scales: [core.synapse]}\n"
                               "    other: {node: 7 nm, scales: [clock]}\n";

Inputs scaled(const Folder& folder, const std::string& text) {
  const Spec spec = parse_spec(folder.head() + text, "sweep.yaml");
  const Inputs inputs = load_inputs(spec);
  std::vector<std::vector<Figure>> figures(2);
  const Node chip = inputs.machines[0].document.root(), other = inputs.machines[1].document.root();
  figures[0] = {chip.figure("clock", dimension::frequency),
                chip.at("core").at("synapse").figure("energy", dimension::energy),
                chip.at("core").at("synapse").figure("latency", dimension::time)};
  figures[1] = {other.figure("clock", dimension::frequency)};
  return at_nodes(spec, inputs, figures);
}

std::string error_of(const Folder& folder, const std::string& text) {
  try {
    scaled(folder, text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every machine as built and at one node; only what is named shrinks") {
    const Folder folder;
    const Inputs inputs = scaled(folder, technology);
    REQUIRE(inputs.machines.size() == 4);
    CHECK(inputs.machines[0].name == "chip");
    CHECK(inputs.machines[1].name == "chip@7nm");
    CHECK(inputs.machines[3].name == "other@7nm");
    const Node chip = inputs.machines[1].document.root();
    const Figure energy = chip.at("core").at("synapse").figure("energy", dimension::energy);
    const auto factor = hw::Technology::load().energy(28e-9, 7e-9);
    CHECK(energy.value == doctest::Approx(10e-12 * factor.value));
    CHECK(energy.low == doctest::Approx(7e-12 * factor.low));
    CHECK(energy.high == doctest::Approx(13e-12 * factor.high));
    CHECK(energy.source == "scaled");
    CHECK(energy.note.find("scaled from 28 nm to 7 nm") == 0);
    CHECK(chip.figure("clock", dimension::frequency).value == 500e6); // not among its `scales`
    CHECK(inputs.machines[3].document.root().figure("clock", dimension::frequency).value ==
          1e9); // its own node
    CHECK(inputs.machines[1].sha256 != inputs.machines[0].sha256);
  }

  TEST_CASE("a machine named with its node is the one that a sweep scales, to the letter") {
    const Spec spec = parse_spec("workload: reduced-moe\nmachines: [loihi2, h100]\ntechnology: {nodes: [7 nm]}\n", "sweep.yaml");
    const Inputs inputs = load_inputs(spec);
    const Inputs at = at_nodes(spec, inputs, machine_figures(inputs));
    REQUIRE(at.machines.size() == 2);
    CHECK(at.machines[0].document.text() == sim::machine_description("loihi2@7nm").text());
    CHECK(at.machines[1].document.text() == sim::machine_description("h100@7nm").text());
    const Spec named = parse_spec("workload: reduced-moe\nmachines: [loihi2@7nm]\n", "sweep.yaml");
    CHECK(load_inputs(named).machines[0].name == "loihi2@7nm");
    CHECK(load_inputs(named).machines[0].sha256 == at.machines[0].sha256);
  }

  TEST_CASE("every machine of the catalog that states its process runs at an older node, and not cheaper") {
    const auto layer = workloads::load_moe_layer("reduced-moe");
    const sim::MoeTask task{layer, workloads::make_trace(layer, 2, 1), 1};
    for (const std::string name : {"loihi2", "gemini1", "h100"}) {
      CAPTURE(name);
      const auto built = sim::make_machine(name)->run(task), scaled = sim::make_machine(name + "@28nm")->run(task);
      CHECK(scaled.machine == name + "@28nm");
      const bool same = name == "gemini1"; // built at 28 nm
      CHECK((same ? scaled.joules.low == built.joules.low : scaled.joules.low > built.joules.low));
      CHECK((same ? scaled.joules.nominal == built.joules.nominal : scaled.joules.nominal > built.joules.nominal));
      CHECK(scaled.joules.high >= built.joules.high);
      CHECK(scaled.seconds.low >= built.seconds.low);
    }
    CHECK_THROWS_WITH_AS(sim::make_machine("cpu@7nm"), doctest::Contains("no key `technology`"), InputError);
  }

  TEST_CASE("transfers from card memory, given in cycles, keep their time at another node, and at the quick end follow the clock") {
    const Document built = sim::machine_description("gemini1"), scaled = sim::machine_description("gemini1@7nm");
    const auto figure = [](const Document& document, const char* parent, const char* key, const Dimension& dimension) {
      Node node = document.root();
      for (const std::string part : {"transfers", parent})
        node = node.at(part);
      return node.figure(key, dimension);
    };
    const Figure clock = built.root().at("chip").figure("clock", dimension::frequency);
    const Figure faster = scaled.root().at("chip").figure("clock", dimension::frequency);
    REQUIRE(faster.value > 1.5 * clock.value);
    for (const char* law : {"l4_l2", "l3_l4"}) {
      const Figure cycles = figure(built, law, "per_byte", dimension::cycles_per_byte);
      const Figure time = figure(scaled, law, "per_byte", dimension::time / dimension::data);
      CHECK(time.value == doctest::Approx(cycles.value / clock.value));
      CHECK(time.low == doctest::Approx(cycles.low / faster.high));
      CHECK(time.high == doctest::Approx(cycles.high / clock.low));
    }
    // A program that waits for its transfers gains little; what runs on the array gains the clock's factor.
    const auto seconds = [](const char* machine) {
      const auto layer = workloads::load_moe_layer("reduced-moe");
      return sim::make_machine(machine)->run({layer, workloads::make_trace(layer, 1, 1), 1}).seconds;
    };
    const auto before = seconds("gemini1"), after = seconds("gemini1@7nm");
    CHECK(after.nominal < before.nominal);
    CHECK(after.nominal > 0.6 * before.nominal);
    CHECK(after.high <= before.high);
  }

  TEST_CASE("what cannot be scaled is refused") {
    const Folder folder;
    CHECK(error_of(folder, "technology: {nodes: [7 nm], machines: {chip: {node: 28 nm, scales: [core]}}}\n")
              .find("neither `machines` here nor other's description says its process node") != std::string::npos);
    CHECK(error_of(folder, "technology: {nodes: [7 ns], machines: {}}\n").find("process node") !=
          std::string::npos);
    CHECK(error_of(folder, "technology: {nodes: [2 nm], machines: {chip: {node: 28 nm, scales: [core]}, "
                           "other: {node: 7 nm, scales: [clock]}}}\n")
              .find("is not supported: it is published for 130 nm to 4 nm") != std::string::npos);
    CHECK(error_of(folder, "technology: {nodes: [7 nm], machines: {chip: {node: 28 nm, scales: [cor]}, "
                           "other: {node: 7 nm, scales: [clock]}}}\n")
              .find("reads no figure below 'cor'") != std::string::npos);
    CHECK(error_of(folder, std::string(technology) + "vary:\n  c: {of: chip, key: clock, values: [1 GHz]}\n")
              .find("not supported") != std::string::npos);
  }
}
