// The network on chip beside BookSim2's latency curves.
#pragma once

#include <vector>

#include "results/validation.hpp"

namespace moesaic::sim {

/// Mean latencies at every published rate, and zero-load latency S H + 2 + (size - 1) for each router
/// pipeline.
std::vector<results::ValidationRow> validate_noc();

} // namespace moesaic::sim
