#include "hw/neuromorphic/timing.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::hw {

Picoseconds picoseconds(double seconds) {
  return std::llround(seconds * 1e12);
}

std::int64_t operation_time(const CoreTiming& timing, const SynapseTable& table) {
  const std::int64_t arithmetic = timing.synapse[static_cast<int>(table.format)];
  const bool used_once = table.format == SynapseFormat::dense || table.format == SynapseFormat::sparse;
  return used_once ? std::max(arithmetic, table.weight_bits * timing.weight_bit) : arithmetic;
}

CoreTiming core_timing(const Chip& chip, Corner corner) {
  const auto ps = [&](const Operation& operation) { return picoseconds(operation.latency.at(corner)); };
  const auto fs = [&](const Operation& operation) {
    return std::llround(operation.latency.at(corner) * 1e15);
  };
  CoreTiming timing{};
  timing.axon_in = ps(chip.axon_in);
  timing.axon_out = ps(chip.axon_out);
  for (int i = 0; i < 4; ++i)
    timing.synapse[i] = fs(chip.synapse(static_cast<SynapseFormat>(i)));
  if (chip.weight_bandwidth)
    timing.weight_bit = std::llround(1e15 / 8 / chip.weight_bandwidth->at(corner));
  if (chip.outer_memory) {
    timing.burst = std::llround(chip.outer_memory->burst.value / chip.outer_memory->bandwidth.at(corner) * 1e15);
    timing.outer_latency = picoseconds(chip.outer_memory->latency.at(corner));
  }
  timing.dendrite = fs(chip.dendrite);
  timing.neuron = ps(chip.neuron_access) + ps(chip.neuron_update);
  timing.idle_neuron = ps(chip.idle_update);
  timing.instruction = ps(chip.instruction);
  timing.spike = ps(chip.spike);
  timing.axon_in_queue = chip.axon_in_queue;
  timing.axon_out_queue = chip.axon_out_queue;
  return timing;
}

} // namespace moesaic::hw
