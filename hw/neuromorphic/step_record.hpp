// What the cores of a run counted.
#pragma once

#include <array>
#include <cstdint>

#include "hw/neuromorphic/timing.hpp"

namespace moesaic::hw {

/// What one time step did. Times in picoseconds.
struct StepRecord {
  Picoseconds start = 0, work = 0, barrier = 0;
  Picoseconds soma_busy = 0, synapse_busy = 0; ///< of the busiest core
  std::uint64_t spikes = 0, deliveries = 0, operations = 0;
};

/// Exact counts of what the cores did.
struct CoreCounts {
  std::uint64_t axon_in = 0, axon_out = 0, spikes = 0;
  std::array<std::uint64_t, 4> synapse{}; ///< synaptic operations by SynapseFormat
  std::uint64_t bursts = 0; ///< read from outer memories
  std::uint64_t updates = 0, idle_updates = 0, instructions = 0;
  std::uint64_t operations() const { return synapse[0] + synapse[1] + synapse[2] + synapse[3]; }
  /// Those of as many alike runs.
  void add(const CoreCounts& other, std::uint64_t times) {
    for (const auto field : {&CoreCounts::axon_in, &CoreCounts::axon_out, &CoreCounts::spikes, &CoreCounts::bursts,
                             &CoreCounts::updates, &CoreCounts::idle_updates, &CoreCounts::instructions})
      this->*field += times * other.*field;
    for (std::size_t i = 0; i < synapse.size(); ++i)
      synapse[i] += times * other.synapse[i];
  }
};

} // namespace moesaic::hw
