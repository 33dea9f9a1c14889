#include "sim/gpu/group.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace moesaic::sim {

using hw::gpu::Constants;
using hw::gpu::Cost;
using hw::gpu::Description;

std::size_t GpuGroup::slowest() const {
  const auto at = std::max_element(costs.begin(), costs.end(),
                                   [](const Cost& a, const Cost& b) { return a.seconds < b.seconds; });
  return static_cast<std::size_t>(at - costs.begin());
}

double GpuGroup::sum(double Cost::*field) const {
  double total = 0;
  for (const Cost& cost : costs)
    total += cost.*field;
  return total;
}

double GpuGroup::joules(double idle_power) const {
  return sum(&Cost::joules) + idle_power * (seconds() * static_cast<double>(size()) - sum(&Cost::seconds));
}

GpuGroup group_cost(std::vector<hw::gpu::Program> programs, const Constants& constants) {
  GpuGroup group{std::move(programs), {}};
  for (const auto& program : group.programs)
    group.costs.push_back(program_cost(program, constants));
  return group;
}

namespace {

const Figure& figure_named(const Description& gpu, std::size_t engine, const std::string& name) {
  for (const auto& [info, figure] : gpu.figures[engine])
    if (name == info->name)
      return *figure;
  static const Figure absent;
  return absent;
}

Figure scaled(Figure figure, double nominal, double low, double high) {
  figure.value *= nominal;
  figure.low *= low;
  figure.high *= high;
  return figure;
}

/// Counts round down: the ledger's sum then never exceeds the model's, which the power limit bounds.
std::uint64_t whole(double count) {
  return static_cast<std::uint64_t>(std::floor(count));
}

/// Operations of one kind over all GPUs, and the same weighted by what throttling leaves of an operation's
/// energy.
struct Operations {
  bool dense = false;
  hw::gpu::Precision precision = hw::gpu::Precision::bf16;
  double count = 0, weighted = 0;
};

/// By the name of the action: grouped or dense, and its number format.
std::map<std::string, Operations> operations_of(const GpuGroup& group, const Constants& constants) {
  std::map<std::string, Operations> all;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Cost& cost = group.costs[i];
    for (const auto& kernel : group.programs[i]) {
      const double count = hw::gpu::kernel_cost(kernel, constants, cost.clock).operations;
      if (count == 0)
        continue;
      Operations& line = all[fmt::format("{} {} operation", kernel.dense ? "dense" : "grouped",
                                         to_string(kernel.precision))];
      line.dense = kernel.dense;
      line.precision = kernel.precision;
      line.count += count;
      line.weighted += count * cost.core_scale / cost.clock;
    }
  }
  return all;
}

void count_operations(const Description& gpu, std::size_t engine, const GpuGroup& group,
                      const Constants& constants, hw::Ledger& ledger) {
  for (const auto& [action, line] : operations_of(group, constants)) {
    hw::gpu::Kernel kind;
    kind.dense = line.dense;
    kind.precision = line.precision;
    const Figure grouped = figure_named(gpu, engine, "grouped_energy");
    const double throttled = line.weighted / line.count;
    const Figure energy = figure_named(gpu, engine, hw::gpu::matrix_energy_name(kind.precision));
    ledger.count(ledger.declare("gpu.matrix", action,
                                kind.dense ? scaled(energy, throttled, throttled, throttled)
                                           : scaled(energy, throttled * grouped.value,
                                                    throttled * grouped.low, throttled * grouped.high)),
                 whole(line.count));
  }
}

/// The share of the full clock's power that `core_power` has, over the GPUs' busy seconds.
double core_scale(const GpuGroup& group) {
  double weighted = 0;
  for (const Cost& cost : group.costs)
    weighted += cost.core_scale * cost.busy;
  const double busy = group.sum(&Cost::busy);
  return busy > 0 ? weighted / busy : 1;
}

} // namespace

std::vector<hw::LedgerLine> gpu_ledger_lines(const Description& gpu, std::size_t engine,
                                             const GpuCorners& c) {
  hw::Ledger ledger;
  const auto figure = [&](const char* name) { return figure_named(gpu, engine, name); };
  const double seconds = c.nominal.seconds(), busy = c.nominal.sum(&Cost::busy),
               scale = core_scale(c.nominal);
  ledger.add_power("gpu.board", "idle", hw::EnergyKind::idle, figure("idle_power"),
                   static_cast<double>(c.nominal.size()), seconds, std::min(seconds, c.fast.seconds()),
                   std::max(seconds, c.slow.seconds()));
  ledger.add_power("gpu.core", "clock and leakage", hw::EnergyKind::static_power,
                   scaled(figure("core_power"), scale, scale, scale), 1, busy,
                   std::min(busy, c.fast.sum(&Cost::busy)), std::max(busy, c.slow.sum(&Cost::busy)));
  ledger.count(ledger.declare("gpu.memory", "byte moved", figure("byte_energy")),
               whole(c.nominal.sum(&Cost::bytes)));
  count_operations(gpu, engine, c.nominal, gpu.constants(engine), ledger);
  return ledger.lines();
}

} // namespace moesaic::sim
