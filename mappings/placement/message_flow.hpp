// How long the messages of a phase take while they wait for links, for room in buffers and for receivers.
#pragma once

#include <cstdint>
#include <vector>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

/// Seconds from the phase's start until the last receiver has digested the last message of `nets` (indices into
/// Traffic::nets): flow control by credits along the routes that the simulator takes, first come first served. Messages
/// go in trains of about `train`, of which a buffer holds whole ones, one at least: 1 follows the simulator most
/// closely and takes longest. Deterministic.
double flow_seconds(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets,
                    const Placement& placement, int train);

} // namespace moesaic::mappings
