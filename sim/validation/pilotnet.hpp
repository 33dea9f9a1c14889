// PilotNet of LIF neurons on one chip, as the published benchmark of it ran.
#pragma once

#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "mappings/neuromorphic/spike_layers.hpp"

namespace moesaic::sim {

/// Ten layers with the published spread over 74 cores, and their spikes in four time steps.
const std::vector<mappings::SpikeLayer>& pilotnet_layers();

struct PilotNetCost {
  double frame_seconds = 0; ///< of 16 time steps
  double frame_joules = 0;  ///< active
  std::vector<double> layer_operations; ///< synaptic operations per time step of each layer's busiest core
};

PilotNetCost pilotnet_cost(const hw::Chip& chip);

} // namespace moesaic::sim
