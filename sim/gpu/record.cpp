#include "sim/gpu/record.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/gpu/group.hpp"
#include "sim/machine/record_parts.hpp"

namespace moesaic::sim {

using hw::gpu::Constants;
using hw::gpu::Cost;
using hw::gpu::Description;
using hw::gpu::Program;

namespace {

/// The slowest GPU's.
void record_stages(const GpuCorners& c, const Constants& constants, results::RunRecord& record) {
  const Program& program = c.nominal.programs[c.nominal.slowest()];
  const Cost& cost = c.nominal.costs[c.nominal.slowest()];
  double start = 0;
  for (const auto& kernel : program) {
    const double seconds = hw::gpu::kernel_cost(kernel, constants, cost.clock).seconds +
                           (program.graph ? 0 : kernel.launches * constants.launch_gap);
    record.stages.push_back({kernel.name, start, seconds});
    start += seconds;
  }
  if (cost.spaced > 0)
    record.stages.push_back({"waiting for the power limit", start, cost.spaced});
}

/// The bounds are the slowest GPU's.
void record_time(const GpuCorners& c, results::RunRecord& record) {
  const Cost& cost = c.nominal.costs[c.nominal.slowest()];
  record.seconds = {cost.seconds, std::min(cost.seconds, c.fast.seconds()),
                    std::max(cost.seconds, c.slow.seconds())};
  set_bound({{"memory", cost.memory / cost.seconds},
             {"compute", cost.compute / cost.seconds},
             {"transfer", cost.transfer / cost.seconds},
             {"overhead", cost.overhead / cost.seconds}},
            record);
}

void record_constants(const Document& document, const Description& gpu, std::size_t engine,
                      const GpuLowering& lower, results::RunRecord& record) {
  const Constants nominal = gpu.constants(engine);
  for (const auto& [info, shared] : gpu.figures[engine]) {
    const Figure& figure = *shared;
    Constants low = nominal, high = nominal;
    low.*(info->field) = figure.low;
    high.*(info->field) = figure.high;
    const double width = std::abs(group_cost(lower(high), high).joules(high.idle_power) -
                                  group_cost(lower(low), low).joules(low.idle_power));
    add_constant(document, figure, fmt::format("{:.4g} {}", figure.value / info->scale, info->unit), width, record);
  }
}

void record_statistics(hw::gpu::Precision precision, const Constants& constants, const GpuGroup& group,
                       results::RunRecord& record) {
  const bool fp8 = precision == hw::gpu::Precision::fp8 || precision == hw::gpu::Precision::fp8_block;
  const double seconds = group.seconds(), gpus = static_cast<double>(group.size());
  const double bytes = group.sum(&Cost::bytes), operations = group.sum(&Cost::operations);
  record.statistics = {
      {"memory traffic", "B", "total", "bytes between device memory and the multiprocessors", bytes},
      {"achieved bandwidth", "B/s", "total", "memory traffic by run time", bytes / seconds},
      {"achieved operations", "op/s", "total", "useful multiplies and adds by run time",
       operations / seconds},
      {"clock", "ratio", "total", "share of the full clock that the power limit allows the slowest GPU",
       group.costs[group.slowest()].clock},
      {"average power", "W", "total", "board energy by run time", record.joules.nominal / seconds},
      // For the roofline chart.
      {"operations", "op", "total", "useful multiplies and adds", operations},
      {"memory_bytes", "B", "total", "bytes through device memory", bytes},
      {"peak_operations_per_second", "op/s", "total", "the matrix units' peak in this format, of all GPUs",
       gpus * (fp8 ? constants.fp8_rate : constants.bf16_rate)},
      {"peak_memory_bytes_per_second", "B/s", "total", "the memories' peak, of all GPUs",
       gpus * constants.memory_bandwidth}};
  if (group.size() > 1)
    record.statistics.push_back({"waiting", "ratio", "total",
                                 "share of the GPUs' time spent waiting for the slowest",
                                 1 - group.sum(&Cost::seconds) / (gpus * seconds)});
}

void record_notes(const Description& gpu, std::size_t engine, hw::gpu::Precision precision, const GpuGroup& group,
                  results::RunRecord& record) {
  record.notes = {
      fmt::format("kernel model of {} in {}, launched as one CUDA graph; experts' weights are read from "
                  "device memory, none stays in the cache from an earlier layer",
                  gpu.engines[engine], to_string(precision)),
      "board energy (memory, regulators and fans of the board); host, network and cooling are left out"};
  if (gpu.extrapolated)
    record.notes.push_back("extrapolated: no measurement of this GPU stands behind its constants");
  if (group.size() > 1)
    record.notes.push_back(fmt::format("{} GPUs in expert parallelism, dispatch and combine not hidden; the "
                                       "slowest counts and the others wait "
                                       "at idle power; while links carry data their boards draw idle power, "
                                       "switches and cables are left out",
                                       group.size()));
  const double clock = group.costs[group.slowest()].clock;
  if (clock < 1)
    record.notes.push_back(
        fmt::format("the power limit throttles the clock to {:.0f} % of the full one", 100 * clock));
}

} // namespace

results::RunRecord record_gpu_run(const Document& document, const Description& gpu, std::size_t engine,
                                  hw::gpu::Precision precision, const GpuLowering& lower, bool brief) {
  const Constants constants = gpu.constants(engine);
  const auto at_corner = [&](Corner corner) {
    const Constants at = gpu.constants(engine, corner);
    return group_cost(lower(at), at);
  };
  const GpuCorners corners{at_corner(Corner::nominal), at_corner(Corner::fast), at_corner(Corner::slow)};
  results::RunRecord record;
  record.machine = gpu.name;
  record.machine_title = gpu.title;
  record.kind = "gpu";
  record.chips = corners.nominal.size();
  record.power_limit = constants.power_limit * static_cast<double>(record.chips);
  record_time(corners, record);
  add_energy_lines(gpu_ledger_lines(gpu, engine, corners), record.power_limit, record);
  record_statistics(precision, constants, corners.nominal, record);
  if (brief)
    return record;
  record_stages(corners, constants, record);
  record_constants(document, gpu, engine, lower, record);
  record_notes(gpu, engine, precision, corners.nominal, record);
  return record;
}

} // namespace moesaic::sim
