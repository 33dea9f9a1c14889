// A spiking run as a timeline: a stage a unit, so that the writers of timelines serve both.
#include <map>
#include <vector>

#include <fmt/format.h>

#include "sim/neuromorphic/run_spiking.hpp"

namespace moesaic::sim {

results::Run spiking_timeline(const SpikingRun& run, std::size_t most_units) {
  results::RunRecord record;
  record.machine = run.chip.name;
  record.tokens = 0; // no batch
  const auto add = [&](std::string name, hw::Picoseconds start, hw::Picoseconds end) {
    record.stages.push_back({std::move(name), static_cast<double>(start) * 1e-12, static_cast<double>(end - start) * 1e-12});
  };
  for (const auto& step : run.system.steps) {
    add("all chips time step", step.start, step.start + step.work);
    if (step.barrier > 0)
      add("all chips barrier", step.start + step.work, step.start + step.work + step.barrier);
  }
  std::map<std::pair<std::int32_t, bool>, std::vector<const hw::CoreSpan*>> units; // tracks lie in the order of cores
  for (const auto& span : run.spans.spans)
    units[{span.core, span.synapses}].push_back(&span);
  std::size_t kept = 0;
  for (const auto& [unit, spans] : units) {
    if (kept++ >= most_units)
      break;
    const hw::Core& core = run.program.cores[static_cast<std::size_t>(unit.first)];
    for (const auto* span : spans)
      add(fmt::format("chip {} core {:03} {}", core.chip, core.slot, unit.second ? "synapses" : "soma"), span->start, span->end);
  }
  results::Run timeline;
  timeline.records.push_back(std::move(record));
  if (units.size() > most_units)
    timeline.left_out.push_back(fmt::format("{} of {} units have no track", units.size() - most_units, units.size()));
  if (run.spans.dropped > 0)
    timeline.left_out.push_back(fmt::format("{} spans of units beyond the first {}", run.spans.dropped, run.spans.most));
  return timeline;
}

} // namespace moesaic::sim
