// Sweeps that estimate first: the same best points from fewer simulations, and estimates beside simulations.
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "results/statistic.hpp"
#include "sim/machine/machine.hpp"
#include "sim/sweep/collection.hpp"
#include "sim/sweep/screening.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

results::RunRecord record_of(const Plan& plan, const Point& point, double seconds, double joules) {
  results::RunRecord record;
  record.machine = plan.inputs.machines[point.machine].name;
  record.kind = "gpu";
  record.bound = "memory";
  record.tokens = 1;
  record.seconds = {seconds, seconds, seconds};
  record.joules = {joules, joules, joules};
  return record;
}

double number(const Point& point, std::size_t variable, double otherwise) {
  for (const Setting& setting : point.settings)
    if (setting.variable == variable)
      return *setting.value.number;
  return otherwise;
}

/// Time falls and energy grows with n; w only makes both worse.
results::RunRecord estimated(const Plan& plan, const Point& point) {
  const double n = number(point, 0, 1), w = number(point, 1, 1e11) * 1e-9;
  return record_of(plan, point, w / n, w * n);
}

/// The same, off by a factor between 1.3 and 1.5 that no closed form knows.
results::RunRecord simulated(const Plan& plan, const Point& point) {
  const auto record = estimated(plan, point);
  const double off = 1.4 + 0.1 * std::sin(7 * number(point, 0, 1) + 3e-9 * number(point, 1, 1e11));
  return record_of(plan, point, record.seconds.nominal * off, record.joules.nominal * off);
}

std::set<std::string> best_in(const Plan& plan, const std::string& folder) {
  std::set<std::string> best;
  for (const auto& point : collect(plan, read_finished(folder)))
    if (point.best)
      best.insert(plan.points[point.index].hash);
  return best;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("what estimates leave out is recorded, is never best, and is not asked again") {
    const Folder folder;
    const std::string vary = "vary:\n  n: {of: chip, key: core.count, range: [1, 40], steps: 40, whole: true}\n"
                             "  w: {of: chip, key: clock, range: [1 GHz, 20 GHz], steps: 20}\n";
    const Plan plan = folder.plan(vary);
    REQUIRE(plan.points.size() == 801); // and the other machine
    run_points(plan, simulated, folder.file("all"), {});
    const auto front = best_in(plan, folder.file("all"));
    REQUIRE(front.size() > 5);
    EngineOptions one;
    const Screening first = run_screened(plan, simulated, estimated, folder.file("some"), one);
    CHECK(best_in(plan, folder.file("some")) == front);
    CHECK(first.points == 801);
    CHECK(first.simulated + first.left_out == 801);
    CHECK(first.now == first.simulated);
    CHECK(first.simulated < 200);
    CHECK(first.lowest >= 1.3);
    CHECK(first.highest <= 1.5);
    std::size_t left_out = 0;
    for (const auto& [name, point] : read_finished(folder.file("some")))
      if (point->status() == sim::Outcome::Kind::left_out) {
        ++left_out;
        CHECK(point->reason().find("not simulated: estimated seconds ") == 0);
        CHECK(front.count(name) == 0);
      }
    CHECK(left_out == first.left_out);
    const Screening again = run_screened(plan, simulated, estimated, folder.file("some"), one);
    CHECK(again.now == 0);
    CHECK(again.simulated == first.simulated);
    // Without estimates the same folder goes on to all of them.
    const EngineSummary rest = run_points(plan, simulated, folder.file("some"), one);
    CHECK(rest.done == first.left_out);
    CHECK(rest.kept == first.simulated);
    for (const auto& [name, point] : read_finished(folder.file("some")))
      CHECK(point->has_result());
  }

  TEST_CASE("points without an estimate are simulated, and estimates that say nothing leave nothing out") {
    const Folder folder;
    const Plan plan = folder.plan("vary:\n  n: {of: chip, key: core.count, range: [1, 40], steps: 40, whole: true}\n");
    const auto none = [](const Plan&, const Point&) -> results::RunRecord { throw InputError("no estimate"); };
    CHECK(run_screened(plan, simulated, none, folder.file("none"), {}).simulated == plan.points.size());
    const auto zero = [](const Plan& of, const Point& point) { return record_of(of, point, 0, 0); };
    CHECK(run_screened(plan, simulated, zero, folder.file("zero"), {}).left_out == 0);
  }

  TEST_CASE("a search and a sensitivity sweep do not estimate first") {
    const std::string head = "workload: reduced-moe\nmachines: [h100]\nestimate_first: true\n";
    CHECK_THROWS_WITH_AS(parse_spec(head + "kind: sensitivity\nsamples: 5\n", "sweep.yaml"),
                         doctest::Contains("sweep.yaml:3:17: estimate_first: kind sensitivity does not support it"), InputError);
    CHECK(parse_spec(head, "sweep.yaml").estimate_first);
  }
}

TEST_SUITE("system") {
  TEST_CASE("estimates count what simulations count, and take as long within a factor of two") {
    const auto layer = workloads::load_moe_layer("reduced-moe");
    for (const int tokens : {1, 8})
      for (const char* name : {"loihi2", "spinnaker2", "gemini1", "h100"}) {
        CAPTURE(name);
        CAPTURE(tokens);
        const auto machine = sim::make_machine(name);
        sim::MoeTask task{layer, workloads::make_trace(layer, tokens, 1), 1};
        task.brief = true;
        const auto simulated = machine->run(task), estimated = machine->estimate(task);
        CHECK(estimated.machine == simulated.machine);
        CHECK(estimated.chips == simulated.chips);
        CHECK(estimated.seconds.nominal > 0.5 * simulated.seconds.nominal);
        CHECK(estimated.seconds.nominal < 2 * simulated.seconds.nominal);
        CHECK(estimated.joules.nominal > 0.5 * simulated.joules.nominal);
        CHECK(estimated.joules.nominal < 2 * simulated.joules.nominal);
        for (const char* count : {"messages", "deliveries", "synaptic_operations", "spikes", "active_cores", "time_steps", "card memory traffic"})
          CHECK(results::statistic_value(estimated, count) == results::statistic_value(simulated, count));
      }
    const auto northpole = sim::make_machine("northpole");
    CHECK_THROWS_WITH_AS(northpole->estimate({layer, workloads::make_trace(layer, 1, 1)}), doctest::Contains("not supported"), InputError);
  }
}
