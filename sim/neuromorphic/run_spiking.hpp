// `moesaic run NET.nir --on CHIP --input SPIKES`: a NIR network on a neuromorphic chip.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hw/neuromorphic/core_spans.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "results/record.hpp"
#include "results/run.hpp"
#include "results/trace.hpp"
#include "results/unit_spans.hpp"

namespace moesaic::sim {

struct SpikingRequest {
  std::string network, chip, input; ///< files or, for the chip, a catalog name
  double dt = 1e-3;                 ///< seconds that one time step stands for
  int steps = 0;
  std::uint64_t seed = 1;
  std::optional<results::TraceWindow> window = std::nullopt; ///< of the spans to keep; none: none
};

/// A run beside the equations. Errors and bounds are of neurons' states after each step.
struct SpikingRun {
  hw::Chip chip;
  mappings::HeldNir held;
  hw::Program program;
  hw::SystemRun system; ///< at the nominal value of every figure
  hw::Ledger ledger;
  results::Interval seconds; ///< from all timing figures at their fast and at their slow end
  workloads::NirRun result;
  std::int64_t steps = 0;
  std::int64_t spikes_other = 0;         ///< that differ from the equations on the held numbers
  std::int64_t spikes_other_unrounded = 0; ///< that differ from the equations on the file's own numbers
  std::int64_t compared_steps = 0;         ///< before any spike differs: after that a state's bound means nothing
  double largest_error = 0, its_bound = 0; ///< of the state with the largest error over its bound
  bool within_bound = true;
  hw::SpanLog spans; ///< of the units, within the request's window
  std::uint64_t clipped = 0; ///< times a current or state reached the end of its accumulator
};

/// Throws InputError.
SpikingRun run_spiking(const SpikingRequest& request);

std::string spiking_json(const SpikingRun& run);
std::string spiking_text(const SpikingRun& run);
/// What --trace writes beside the units: time steps and barriers.
results::Run spiking_timeline(const SpikingRun& run);
/// Every core's soma and synapses, every router and link between chips, within the request's window.
results::UnitSpans spiking_units(const SpikingRun& run, const results::TraceWindow& window);

/// Writes spikes.csv, states.csv, raster.svg and run.json to a new folder, whole or not at all.
void write_spiking_folder(const std::string& folder, const SpikingRun& run);

} // namespace moesaic::sim
