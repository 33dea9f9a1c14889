#include "sim/gpu_record.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "hw/ledger.hpp"

namespace moesaic::sim {

using hw::gpu::Constants;
using hw::gpu::Cost;
using hw::gpu::Description;
using hw::gpu::Program;

namespace {

struct Corners {
  Cost nominal, fast, slow;
};

const Figure& figure_named(const Description& gpu, std::size_t engine, const std::string& name) {
  for (const auto& [info, figure] : gpu.figures[engine])
    if (name == info->name)
      return figure;
  static const Figure absent;
  return absent;
}

/// The same figure at a throttled clock.
Figure scaled(Figure figure, double factor) {
  figure.value *= factor;
  figure.low *= factor;
  figure.high *= factor;
  return figure;
}

/// Counts round down: the ledger's sum then never exceeds the model's, which the power limit bounds.
std::uint64_t whole(double count) {
  return static_cast<std::uint64_t>(std::floor(count));
}

/// One line per kind of product: grouped or dense, and its number format.
void count_operations(const Description& gpu, std::size_t engine, const Program& program,
                      const Constants& constants, const Cost& cost, hw::Ledger& ledger) {
  std::map<std::string, hw::Ledger::Action> lines;
  for (const auto& kernel : program) {
    const double operations = hw::gpu::kernel_cost(kernel, constants, cost.clock).operations;
    if (operations == 0)
      continue;
    const std::string action =
        fmt::format("{} {} operation", kernel.dense ? "dense" : "grouped", to_string(kernel.precision));
    if (!lines.count(action)) {
      Figure energy = figure_named(gpu, engine, hw::gpu::matrix_energy_name(kernel.precision));
      const Figure grouped = figure_named(gpu, engine, "grouped_energy");
      const double throttled = cost.core_scale / cost.clock;
      energy.value *= throttled * (kernel.dense ? 1 : grouped.value);
      energy.low *= throttled * (kernel.dense ? 1 : grouped.low);
      energy.high *= throttled * (kernel.dense ? 1 : grouped.high);
      lines[action] = ledger.declare("gpu.matrix", action, energy);
    }
    ledger.count(lines[action], whole(operations));
  }
}

std::vector<hw::LedgerLine> ledger_lines(const Description& gpu, std::size_t engine, const Program& program,
                                         const Constants& constants, const Corners& c) {
  hw::Ledger ledger;
  const auto figure = [&](const char* name) { return figure_named(gpu, engine, name); };
  const double low = std::min(c.nominal.seconds, c.fast.seconds),
               high = std::max(c.nominal.seconds, c.slow.seconds);
  ledger.add_power("gpu.board", "idle", hw::EnergyKind::idle, figure("idle_power"), 1, c.nominal.seconds, low,
                   high);
  ledger.add_power("gpu.core", "clock and leakage", hw::EnergyKind::static_power,
                   scaled(figure("core_power"), c.nominal.core_scale), 1, c.nominal.busy,
                   std::min(c.nominal.busy, c.fast.busy), std::max(c.nominal.busy, c.slow.busy));
  ledger.count(ledger.declare("gpu.memory", "byte moved", figure("byte_energy")), whole(c.nominal.bytes));
  count_operations(gpu, engine, program, constants, c.nominal, ledger);
  return ledger.lines();
}

/// Lines into the record. Where the high ends together would exceed the power limit, all widths shrink alike.
void record_energy(double limit, const std::vector<hw::LedgerLine>& lines, results::RunRecord& record) {
  double nominal = 0, high = 0;
  for (const auto& line : lines) {
    nominal += line.joules;
    high += line.high;
  }
  const double most = limit * record.seconds.high;
  const double shrink = high > most ? std::max(0.0, (most - nominal) / (high - nominal)) : 1;
  for (const auto& line : lines) {
    const results::Interval joules{line.joules, line.low, line.joules + (line.high - line.joules) * shrink};
    record.energy.push_back({line.component, line.action, to_string(line.kind), line.count, joules,
                             line.figure.path, line.figure.source});
    record.joules.nominal += joules.nominal;
    record.joules.low += joules.low;
    record.joules.high += joules.high;
  }
}

void record_time(const Corners& c, const Program& program, const Constants& constants,
                 results::RunRecord& record) {
  record.seconds = {c.nominal.seconds, std::min(c.nominal.seconds, c.fast.seconds),
                    std::max(c.nominal.seconds, c.slow.seconds)};
  double start = 0;
  for (const auto& kernel : program) {
    const double seconds = hw::gpu::kernel_cost(kernel, constants, c.nominal.clock).seconds +
                           (program.graph ? 0 : kernel.launches * constants.launch_gap);
    record.stages.push_back({kernel.name, start, seconds});
    start += seconds;
  }
  if (c.nominal.spaced > 0)
    record.stages.push_back({"waiting for the power limit", start, c.nominal.spaced});
  record.bound_share = {{"memory", c.nominal.memory / c.nominal.seconds},
                        {"compute", c.nominal.compute / c.nominal.seconds},
                        {"transfer", c.nominal.transfer / c.nominal.seconds},
                        {"overhead", c.nominal.overhead / c.nominal.seconds}};
  record.bound = std::max_element(record.bound_share.begin(), record.bound_share.end(), [](auto& a, auto& b) {
                   return a.second < b.second;
                 })->first;
}

void record_constants(const Document& document, const Description& gpu, std::size_t engine,
                      const GpuLowering& lower, results::RunRecord& record) {
  const Constants nominal = gpu.constants(engine);
  for (const auto& [info, figure] : gpu.figures[engine]) {
    Constants low = nominal, high = nominal;
    low.*(info->field) = figure.low;
    high.*(info->field) = figure.high;
    const double width =
        std::abs(program_cost(lower(high), high).joules - program_cost(lower(low), low).joules);
    const auto source = document.sources().find(figure.source);
    record.constants.push_back({figure.path,
                                figure.unit,
                                figure.source,
                                source == document.sources().end() ? "" : source->second.title,
                                to_string(figure.confidence),
                                figure.note,
                                {figure.value, figure.low, figure.high},
                                fmt::format("{:.4g} {}", figure.value / info->scale, info->unit),
                                width});
  }
}

void record_statistics(const Description& gpu, const Constants& constants, const Cost& cost,
                       results::RunRecord& record) {
  const bool fp8 = gpu.precision == hw::gpu::Precision::fp8 || gpu.precision == hw::gpu::Precision::fp8_block;
  record.statistics = {
      {"memory traffic", "B", "total", "bytes between device memory and the multiprocessors", cost.bytes},
      {"achieved bandwidth", "B/s", "total", "memory traffic by run time", cost.bytes / cost.seconds},
      {"achieved operations", "op/s", "total", "useful multiplies and adds by run time",
       cost.operations / cost.seconds},
      {"clock", "ratio", "total", "share of the full clock that the power limit allows", cost.clock},
      {"average power", "W", "total", "board energy by run time", record.joules.nominal / cost.seconds},
      // For the roofline chart.
      {"operations", "op", "total", "useful multiplies and adds", cost.operations},
      {"memory_bytes", "B", "total", "bytes through device memory", cost.bytes},
      {"peak_operations_per_second", "op/s", "per instance", "the matrix units' peak in this format",
       fp8 ? constants.fp8_rate : constants.bf16_rate},
      {"peak_memory_bytes_per_second", "B/s", "per instance", "the memory's peak", constants.memory_bandwidth}};
}

void record_notes(const Description& gpu, std::size_t engine, const Cost& cost, results::RunRecord& record) {
  record.notes = {
      fmt::format("kernel model of {} in {}, launched as one CUDA graph; experts' weights are read from "
                  "device memory, none stays in the cache from an earlier layer",
                  gpu.engines[engine], to_string(gpu.precision)),
      "board energy (memory, regulators and fans of the board); host, network and cooling are left out"};
  if (gpu.extrapolated)
    record.notes.push_back("extrapolated: no measurement of this GPU stands behind its constants");
  if (cost.clock < 1)
    record.notes.push_back(
        fmt::format("the power limit throttles the clock to {:.0f} % of the full one", 100 * cost.clock));
}

} // namespace

results::RunRecord record_gpu_run(const Document& document, const Description& gpu, std::size_t engine,
                                  const GpuLowering& lower) {
  const Constants constants = gpu.constants(engine);
  const auto corner_cost = [&](Corner corner) {
    const Constants at = gpu.constants(engine, corner);
    return program_cost(lower(at), at);
  };
  const Corners corners{corner_cost(Corner::nominal), corner_cost(Corner::fast), corner_cost(Corner::slow)};
  results::RunRecord record;
  record.machine = gpu.name;
  record.machine_title = gpu.title;
  record.kind = "gpu";
  record.power_limit = constants.power_limit;
  const Program program = lower(constants);
  record_time(corners, program, constants, record);
  record_energy(constants.power_limit, ledger_lines(gpu, engine, program, constants, corners), record);
  record_constants(document, gpu, engine, lower, record);
  record_statistics(gpu, constants, corners.nominal, record);
  record_notes(gpu, engine, corners.nominal, record);
  return record;
}

} // namespace moesaic::sim
