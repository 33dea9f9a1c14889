// What the slices of a device mapping say together: contiguous ranges of an expert's inner width, each on one device.
#pragma once

#include <cstdint>
#include <vector>

#include "mappings/format/device_mapping.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// The inner units `first` to before `first` + `width` of an expert's replica: their gate and up columns, and the down
/// rows that take them.
struct DevicePart {
  std::int32_t expert = 0, replica = 0;
  std::int32_t on = 0, level = 4;
  std::int32_t first = 0, width = 0;
};

/// Of the gate slices, in the file's order.
std::vector<DevicePart> parts_of(const DeviceMapping& mapping);

/// Appends the part's three slices.
void add_part(const DevicePart& part, const workloads::MoeLayer& layer, std::int32_t bits, DeviceMapping& mapping);

} // namespace moesaic::mappings
