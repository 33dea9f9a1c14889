// What mappings of cards and of GPUs are both checked for.
#pragma once

#include <vector>

#include "mappings/check/check_tiling.hpp"
#include "mappings/format/device_mapping.hpp"

namespace moesaic::mappings {

/// "GPU 3", or "card 1 core 2".
std::string device_name(const DeviceMapping& mapping, std::int32_t on);

/// Every weight of every replica exactly once; gate and up with all their rows, down with all its columns; the inner units
/// of gate, up and down the same on each device, since activated values do not leave it.
void check_parts(const DeviceMapping& mapping, const workloads::MoeLayer& layer, std::vector<Violation>& violations);

/// Replicas take turns on these machines: no other rule.
void check_replica_rule(const DeviceMapping& mapping, std::vector<Violation>& violations);

/// Adds `kind` where something is busy for longer than a token may take.
void check_busy(const char* kind, const std::string& place, double seconds, double tokens_per_second, const char* remedy,
                std::vector<Violation>& violations);

} // namespace moesaic::mappings
