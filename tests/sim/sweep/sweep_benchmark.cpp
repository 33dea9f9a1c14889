// What a sweep costs beyond its simulations, what a second worker gains, and how fast points of a GPU baseline run.
// Processor time of this process and its workers, which other load on the machine touches little; the gain of the
// second worker is given by the clock on the wall too, which means something on idle cores only.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <sys/resource.h>

#include <fmt/format.h>

#include "sim/machine/machine.hpp"
#include "sim/sweep/collection.hpp"
#include "sim/sweep/machine_evaluator.hpp"
#include "sim/sweep/merged.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic::sim;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

double processor_seconds() {
  double seconds = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage;
    getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      seconds += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return seconds;
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// As many lines in the ledger as a GPU has, at no cost.
moesaic::results::RunRecord made_up(const Plan& plan, const Point& point) {
  moesaic::results::RunRecord record;
  record.machine = plan.inputs.machines[point.machine].name;
  record.kind = "gpu";
  record.workload = "layer";
  record.bound = "memory";
  record.seconds = {1.0 / 3, 0.1, 0.7};
  record.joules = {std::sqrt(2.0), 1, 2};
  for (const char* action : {"idle", "clock and leakage", "byte moved", "dense operation", "grouped operation"})
    record.energy.push_back({"gpu.part", action, "active", 12345, {1.0 / 7, 0.1, 0.2}, "power.figure", "source"});
  return record;
}

/// Holds its core for `seconds` of its own time.
Evaluator busy(double seconds) {
  return [seconds](const Plan& plan, const Point& point) {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    const double start = static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
    do
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while (static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) < start + seconds);
    return made_up(plan, point);
  };
}

std::string grid_of(int points) {
  return "vary:\n  n: {of: chip, key: core.count, range: [1, " + std::to_string(points) +
         "], steps: " + std::to_string(points) + ", whole: true}\n";
}

EngineOptions workers(int count) {
  EngineOptions options;
  options.workers = count;
  return options;
}

/// Plans, runs and journals points that cost nothing themselves.
void overhead(benchmark::State& state) {
  const int points = 20000;
  for (auto _ : state) {
    const Folder folder;
    const double start = processor_seconds();
    const Plan plan = folder.plan(grid_of(points));
    run_points(plan, made_up, folder.file("out"), workers(static_cast<int>(state.range(0))));
    const double seconds = processor_seconds() - start;
    state.SetIterationTime(seconds);
    state.counters["ms_per_point"] = 1000 * seconds / points;
  }
}
BENCHMARK(overhead)->Arg(1)->Arg(2)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

/// Makes the tables of finished points.
void merging(benchmark::State& state) {
  const int points = 20000;
  const Folder folder;
  const Plan plan = folder.plan(grid_of(points));
  run_points(plan, made_up, folder.file("out"), workers(2));
  for (auto _ : state) {
    const double start = processor_seconds();
    write_merged(folder.file("out"), plan, collect(plan, read_finished(folder.file("out"))), "1.0");
    const double seconds = processor_seconds() - start;
    state.SetIterationTime(seconds);
    state.counters["ms_per_point"] = 1000 * seconds / points;
  }
}
BENCHMARK(merging)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

/// Points that hold a core for 2 ms each, with one worker and with two. `gain`: what two workers give on idle cores,
/// twice the processor time of one over that of two; `gain_on_the_wall` what they gave here.
void second_worker(benchmark::State& state) {
  const int points = 1000;
  for (auto _ : state) {
    double processor[2], wall[2];
    for (const int count : {1, 2}) {
      const Folder folder;
      const Plan plan = folder.plan(grid_of(points));
      processor[count - 1] = -processor_seconds(), wall[count - 1] = -wall_seconds();
      run_points(plan, busy(0.002), folder.file("out"), workers(count));
      processor[count - 1] += processor_seconds(), wall[count - 1] += wall_seconds();
    }
    state.SetIterationTime(wall[1]);
    state.counters["gain"] = 2 * processor[0] / processor[1];
    state.counters["gain_on_the_wall"] = wall[0] / wall[1];
  }
}
BENCHMARK(second_worker)->UseManualTime()->Iterations(2)->Unit(benchmark::kMillisecond);

/// Real points of one GPU whose constants vary, from the plan to the journal. `seconds_per_million`: of two idle cores.
void gpu_points(benchmark::State& state) {
  const std::string text = "workload: reduced-moe\nmachines: [h100]\nvary:\n"
                           "  a: {of: h100, key: power.core_power, range: [70 W, 110 W], steps: 200}\n"
                           "  b: {of: h100, key: chip.memory_bandwidth, range: [2 TB/s, 5 TB/s], steps: 200}\n";
  for (auto _ : state) {
    const Folder folder;
    const double start = processor_seconds();
    Spec spec = parse_spec(text, "sweep.yaml");
    Inputs inputs = load_inputs(spec);
    const Plan plan = make_plan(std::move(spec), std::move(inputs), "1.0", points_without_asking);
    run_points(plan, machine_evaluator(), folder.file("out"), workers(2));
    const double seconds = processor_seconds() - start, points = static_cast<double>(plan.points.size());
    state.SetIterationTime(seconds);
    state.counters["points/s"] = points / seconds;
    state.counters["seconds_per_million"] = seconds / points * 1e6 / 2;
  }
}
BENCHMARK(gpu_points)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

/// What a point of another machine than its neighbour costs beyond its simulation: the machine with its own value, from
/// the description's tree that the worker keeps (`ms_per_point`), and for comparison read anew (`ms_read`).
void changed_machine(benchmark::State& state) {
  const std::pair<const char*, const char*> machines[] = {{"loihi2", "link.bandwidth"}, {"gemini1", "chip.card_bandwidth"},
                                                          {"h100", "chip.memory_bandwidth"}};
  const auto& [name, key] = machines[state.range(0)];
  const moesaic::Document document = machine_description(name);
  const auto base = make_machine(document);
  const int points = 2000, read = 20;
  for (auto _ : state) {
    double start = processor_seconds();
    for (int i = 0; i < points; ++i)
      benchmark::DoNotOptimize(base->varied({{key, fmt::format("{} MB/s", 1000 + i)}}));
    const double seconds = processor_seconds() - start;
    start = processor_seconds();
    for (int i = 0; i < read; ++i)
      benchmark::DoNotOptimize(make_machine(with_overrides(document, {{key, fmt::format("{} MB/s", 1000 + i)}}, "")));
    state.SetIterationTime(seconds);
    state.counters["ms_per_point"] = 1000 * seconds / points;
    state.counters["ms_read"] = 1000 * (processor_seconds() - start) / read;
    state.SetLabel(name);
  }
}
BENCHMARK(changed_machine)->Arg(0)->Arg(1)->Arg(2)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
