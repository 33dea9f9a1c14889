// The core's times at one corner of every figure's interval, in whole picoseconds.
#pragma once

#include <cstdint>

#include "hw/neuromorphic/chip.hpp"

namespace moesaic::hw {

using Picoseconds = std::int64_t;

Picoseconds picoseconds(double seconds);

struct CoreTiming {
  Picoseconds axon_in, axon_out;
  std::int64_t synapse[4]; ///< femtoseconds per synaptic operation, by SynapseFormat
  std::int64_t weight_bit; ///< femtoseconds to read a bit of weights that are used once; 0: hidden
  std::int64_t burst;      ///< femtoseconds that a chip's outer memory is busy with a burst; 0: there is none
  Picoseconds outer_latency;
  std::int64_t dendrite;   ///< femtoseconds per synaptic operation, a stage of its own behind the synapses
  Picoseconds neuron;      ///< access and update of one neuron
  Picoseconds idle_neuron;
  Picoseconds instruction, spike;
  int axon_in_queue, axon_out_queue;
};

/// Femtoseconds per synaptic operation of a table: of the arithmetic, or of reading its weight where that takes longer.
std::int64_t operation_time(const CoreTiming& timing, const SynapseTable& table);

CoreTiming core_timing(const Chip& chip, Corner corner);

} // namespace moesaic::hw
