// Pictures of a neuromorphic run: loads of links, cores and switches, and its course over time.
#pragma once

#include "hw/neuromorphic/system.hpp"
#include "results/record.hpp"

namespace moesaic::sim {

/// Adds the heat maps link_load, core_load and, below switches, switch_load; sets the curves of operations and messages.
void record_pictures(const hw::Chip& chip, const hw::Program& program, const hw::SystemRun& run, results::RunRecord& record);

} // namespace moesaic::sim
