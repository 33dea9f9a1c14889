#include "sim/neuromorphic/energy_lines.hpp"

#include <cmath>

#include <fmt/format.h>

#include "sim/machine/record_parts.hpp"

namespace moesaic::sim {
namespace {

/// Seconds waited for a time or a rate of the description.
double waited(const std::string& path, const StepWaits& w) {
  if (path == "core.synapse_dense.latency" || path == "core.weight_bandwidth" || path.rfind("outer_memory.", 0) == 0)
    return w.memory;
  if (path == "core.neuron_update.latency" || path == "core.instruction.latency")
    return w.compute;
  const auto of_link = [&](const std::string& key) { // of a grid's or of a tree's level
    return path == key || (path.rfind("tree[", 0) == 0 && path.find("]." + key) == path.size() - key.size() - 2);
  };
  if (of_link("link.bandwidth"))
    return w.traffic - w.hand_over;
  if (of_link("link.latency"))
    return w.hand_over;
  return path.rfind("barrier", 0) == 0 ? w.overhead : 0;
}

double energy_width(const Figure& figure, const std::vector<hw::LedgerLine>& lines, const StepWaits& w, double watts) {
  for (const auto& line : lines)
    if (line.figure.path == figure.path)
      return figure.dimension == dimension::power ? (figure.high - figure.low) / figure.value * line.joules
                                                  : line.high - line.low;
  if (figure.dimension == dimension::power)
    return 0;
  return figure.value > 0 ? watts * waited(figure.path, w) * (figure.high - figure.low) / figure.value : 0;
}

} // namespace

void add_counted_energy(const std::vector<hw::LedgerLine>& lines, double scale, results::RunRecord& record) {
  for (const auto& line : lines) {
    const double by = line.kind == hw::EnergyKind::active ? scale : 1;
    const auto count = static_cast<std::uint64_t>(std::llround(static_cast<double>(line.count) * by));
    const results::Interval joules{line.joules * by, line.low * by, line.high * by};
    add_energy_line(line, count, joules, record);
  }
}

void add_constants(const Document& document, const std::vector<hw::LedgerLine>& lines, const StepWaits& waits, double watts,
                   results::RunRecord& record) {
  for (const Figure& figure : document.figures()) {
    const double unit = parse_quantity("1 " + figure.unit).value;
    add_constant(document, figure, fmt::format("{:.6g} {}", figure.value / unit, figure.unit),
                 energy_width(figure, lines, waits, watts), record);
  }
}

} // namespace moesaic::sim
