#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "sim/sweep/point.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

/// The texts that variable `name` takes at the points of machine `machine`.
std::vector<std::string> texts(const Plan& plan, std::size_t machine, const std::string& name) {
  std::vector<std::string> found;
  for (const Point& point : plan.points)
    for (const Setting& setting : point.settings)
      if (point.machine == machine && plan.spec.variables[setting.variable].name == name)
        found.push_back(setting.value.text);
  return found;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a grid crosses machines, batches and the variables that bear on each machine") {
    const Folder folder;
    const Plan plan =
        folder.plan("tokens: [1, 8]\n"
                    "vary:\n"
                    "  cores: {of: chip, key: core.count, values: [1, 2, 4]}\n"
                    "  clock: {of: [chip, other], key: clock, range: [1 GHz, 2 GHz], steps: 2}\n");
    // chip: 2 batches x 3 x 2; other: 2 batches x 2.
    CHECK(plan.points.size() == 2 * 3 * 2 + 2 * 2);
    CHECK(texts(plan, 1, "clock") == std::vector<std::string>{"1 GHz", "2 GHz", "1 GHz", "2 GHz"});
    CHECK(texts(plan, 1, "cores").empty());
    std::set<std::string> names;
    for (const Point& point : plan.points)
      names.insert(point.hash);
    CHECK(names.size() == plan.points.size());
  }

  TEST_CASE("ranges: linear, logarithmic, whole, and ends to the bit") {
    const Folder folder;
    CHECK(texts(folder.plan("vary:\n  c: {of: chip, key: clock, range: [1 GHz, 3 GHz], steps: 5}\n"), 0,
                "c") == std::vector<std::string>{"1 GHz", "1.5 GHz", "2 GHz", "2.5 GHz", "3 GHz"});
    CHECK(
        texts(folder.plan("vary:\n  e: {of: chip, key: core.synapse.energy, range: [0.1 pJ, 1 nJ], steps: 5, "
                          "scale: log}\n"),
              0, "e")
            .back() == "1000 pJ");
    CHECK(texts(folder.plan(
                    "vary:\n  n: {of: chip, key: core.count, range: [1, 16], steps: 5, scale: log, whole: "
                    "true}\n"),
                0, "n") == std::vector<std::string>{"1", "2", "4", "8", "16"});
    // Rounding makes 1 1 2 2 3: repetitions are dropped.
    CHECK(
        texts(folder.plan("vary:\n  n: {of: chip, key: core.count, range: [1, 3], steps: 5, whole: true}\n"),
              0, "n")
            .size() == 3);
  }

  TEST_CASE("formulas take base units, the batch and each other, in any order of the file") {
    const Folder folder;
    const Plan plan =
        folder.plan("tokens: 4\n"
                    "vary:\n"
                    "  latency: {of: chip, key: core.synapse.latency, formula: cycles / clock, unit: s}\n"
                    "  cycles: {formula: 2 * tokens}\n"
                    "  clock: {of: chip, key: clock, values: [2 GHz, 500 MHz]}\n");
    const auto latencies = texts(plan, 0, "latency");
    REQUIRE(latencies.size() == 2);
    CHECK(parse_quantity(latencies[0]).value == doctest::Approx(4e-9));
    CHECK(parse_quantity(latencies[1]).value == doctest::Approx(16e-9));
    CHECK(plan.points.size() == 3); // other has nothing to vary
  }

  TEST_CASE("constraints leave points out, and only where they apply") {
    const Folder folder;
    const Plan plan = folder.plan("tokens: [1, 8]\n"
                                  "vary:\n"
                                  "  cores: {of: chip, key: core.count, values: [1, 2, 4, 16]}\n"
                                  "constraints: [cores >= tokens]\n");
    CHECK(texts(plan, 0, "cores") == std::vector<std::string>{"1", "2", "4", "16", "16"});
    CHECK(plan.points.size() == 5 + 2);
  }

  TEST_CASE("a point's name depends on every input, and on nothing else") {
    const Folder folder;
    const std::string vary = "vary:\n  cores: {of: chip, key: core.count, values: [1, 2]}\n";
    const auto first = [&](const std::string& rest) { return folder.plan(rest).points[0].hash; };
    const std::string name = first(vary);
    CHECK(name.size() == 64);
    CHECK(first("title: x\nobjectives: [joules]\n" + vary) == name);
    CHECK(first("vary:\n  n: {of: chip, key: core.count, values: [1]}\n") == name);
    CHECK(first("seed: 2\n" + vary) != name);
    CHECK(first("tokens: 2\n" + vary) != name);
    CHECK(folder.plan(vary).points[1].hash != name);
    const Plan plan = folder.plan(vary);
    CHECK(point_hash(plan.spec, plan.inputs, plan.points[0], "1.0") == name);
    CHECK(point_hash(plan.spec, plan.inputs, plan.points[0], "1.1") != name);
    folder.write("layer.yaml", "kind: moe\nhidden: 65\n");
    CHECK(first(vary) != name);
    folder.write("layer.yaml", "kind: moe\nhidden: 64\n");
    CHECK(first(vary) == name);
  }

  TEST_CASE("bad sweeps are refused before anything starts") {
    const Folder folder;
    const auto says = [&](const std::string& rest, const std::string& part) {
      const std::string error = folder.error(rest);
      CAPTURE(error);
      CAPTURE(rest);
      CHECK(error.find(part) != std::string::npos);
      CHECK(error.find("sweep.yaml") == 0);
    };
    const auto vary = [](const std::string& entry) { return "vary:\n  x: {" + entry + "}\n"; };
    const std::string clock = "of: chip, key: clock, ";
    says(vary(clock + "range: [2 GHz, 1 GHz], steps: 3"), "the range is empty");
    says(vary(clock + "range: [1 GHz, 1 GHz], steps: 3"), "the range is empty");
    says(vary(clock + "range: [0 GHz, 1 GHz], steps: 3, scale: log"), "above 0");
    says(vary(clock + "range: [1 GHz, 2 ns], steps: 3"), "measure the same thing");
    says(vary(clock + "range: [1 GHz, 2 GHz]"), "needs `steps`");
    says(vary(clock + "range: [1 GHz, 2 GHz], steps: 1"), "out of range");
    says(vary(clock + "values: []"), "the list is empty");
    says(vary(clock + "values: [1 GHz, 1 GHz]"), "stands twice");
    says(vary(clock + "values: [1 pJ]"), "sweep.yaml:4:6: vary.x: ");
    says(vary(clock + "valves: [1 GHz]"), "exactly one of");
    says(vary(clock + "values: [1 GHz], scales: log"), "unknown key");
    says(vary("of: chip, key: clok, values: [1 GHz]"), "did you mean 'clock'");
    says(vary("of: chop, key: clock, values: [1 GHz]"), "did you mean 'chip'");
    says(vary("key: clock, values: [1 GHz]"), "go together");
    says(vary("of: workload, key: hiden, values: [1]"), "did you mean 'hidden'");
    says(vary(clock + "formula: y + 1, unit: Hz"), "unknown name 'y'");
    says(vary(clock + "formula: 1 +, unit: Hz"), "is no formula");
    says(vary(clock + "formula: 1 / (tokens - 1), unit: Hz"), "gives inf");
    says("vary:\n  sin: {values: [1]}\n", "cannot name a variable");
    says("vary:\n  joules: {values: [1]}\n", "is the name of a result");
    says("vary:\n  a: {formula: b}\n  b: {formula: c + 1}\n  c: {formula: 2 * a}\n",
         "circular formulas: a -> b -> c -> a");
    says("vary:\n  a: {formula: a}\n", "circular formulas: a -> a");
    says("vary:\n  w: {of: chip, key: core.precision, values: [int8, fp16]}\n  a: {formula: w}\n",
         "is no number");
    says("constraints: [tokens > 4, tokens < 1]\n",
         "none of chip's 1 points meets all of them: 'tokens > 4' rejects 1, 'tokens < 1' rejects 1");
    says("vary:\n  n: {of: chip, key: core.count, values: [1, 2]}\nconstraints: [n > 1, n < 2]\n",
         "none of chip's 2 points meets all of them: 'n > 1' rejects 1, 'n < 2' rejects 1"); // the other machine has no n
    says("vary:\n  a: {of: chip, key: core.count, values: [1, 2]}\n  b: {of: chip, key: core.count, values: [3, 4]}\n",
         "'a' varies chip's core.count already");
    says("constraints: [tokns > 4]\n", "did you mean 'tokens'");
    says("objectives: [jouls]\n", "did you mean 'joules'");
    says("objectives: []\n", "the list is empty");
    says("kind: sobol\nsamples: 4\n", "needs something to vary");
    says("kind: sobol\n", "'samples' is missing");
    says("kind: grdi\n", "did you mean 'grid'");
    says("tokens: [0]\n", "out of range");
    says("limits: {time: 3 GB}\n", "expected");
    std::string huge = "vary:\n";
    char name = 'a';
    for (const char* range : {"core.count, range: [1, 2]", "clock, range: [1 GHz, 2 GHz]", "core.synapse.energy, range: [1 pJ, 2 pJ]"})
      huge += std::string("  ") + name++ + ": {of: chip, key: " + range + ", steps: 10000}\n";
    says(huge,
         "this sweep has 1000000000001 points, more than 1000000; if that is meant, say --allow-points");
  }

  TEST_CASE("samples: every machine runs the same samples, lists and ranges alike") {
    const Folder folder;
    for (const char* kind : {"latin_hypercube", "sobol"}) {
      CAPTURE(kind);
      const Plan plan = folder.plan(std::string("kind: ") + kind +
                                    "\nsamples: 64\nvary:\n"
                                    "  clock: {of: [chip, other], key: clock, range: [1 GHz, 2 GHz]}\n"
                                    "  precision: {of: chip, key: core.precision, values: [int8, fp16]}\n");
      CHECK(plan.points.size() == 128);
      CHECK(texts(plan, 0, "clock") == texts(plan, 1, "clock"));
      const auto precisions = texts(plan, 0, "precision");
      CHECK(std::count(precisions.begin(), precisions.end(), "int8") == 32);
    }
  }
}
