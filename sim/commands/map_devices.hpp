// `moesaic map` onto cards of associative processors and onto GPUs.
#pragma once

#include <string>

#include "mappings/placement/strategy.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

struct DeviceMapOptions {
  std::string workload, machine, strategy, output; ///< strategy "best": all, the one that costs least
  mappings::Objective objective = mappings::Objective::energy_delay;
  std::uint64_t seed = 1;
  int batch = 1, chips = 0, redundant = -1;
  bool resident = false, gain = false;
};

/// Makes the machine's own mapping and those that were asked for, simulates each, prints the table and writes the chosen one;
/// `gain`: simulated on another trace than the one that they were made for. Throws InputError.
void map_onto_devices(const Machine& machine, const DeviceMapOptions& options);

} // namespace moesaic::sim
