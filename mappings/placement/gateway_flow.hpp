// How long a phase takes when its messages wait for each other. Each chip's gateway sends on what it took in, in the
// order of arrival, so that a message whose receivers are busy holds up all behind it.
#pragma once

#include <cstdint>
#include <vector>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

/// Follows every message of `nets` (indices, all of one phase) in time order from its source over links between chips
/// and through gateways to its receivers, and returns the seconds until the last receiver is done. Routers inside a
/// chip are left out. 0 where there are several chips without gateways. Deterministic.
double flow_seconds(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets,
                    const Placement& placement);

} // namespace moesaic::mappings
