// A spiking run as a timeline: its time steps, and a track a unit.
#include <fmt/format.h>

#include "sim/neuromorphic/run_spiking.hpp"
#include "sim/neuromorphic/unit_tracks.hpp"

namespace moesaic::sim {

results::Run spiking_timeline(const SpikingRun& run) {
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
  results::Run timeline;
  timeline.records.push_back(std::move(record));
  return timeline;
}

results::UnitSpans spiking_units(const SpikingRun& run, const results::TraceWindow& window) {
  UnitTracks tracks(window);
  tracks.add(run.chip, run.program, run.spans, 0, 0, [](std::int64_t step) { return fmt::format("time step {}", step); });
  return tracks.finish();
}

} // namespace moesaic::sim
