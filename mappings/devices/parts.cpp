#include "mappings/devices/parts.hpp"

namespace moesaic::mappings {

std::vector<DevicePart> parts_of(const DeviceMapping& mapping) {
  std::vector<DevicePart> parts;
  for (const DeviceSlice& s : mapping.slices)
    if (s.projection == static_cast<std::int32_t>(Projection::gate))
      parts.push_back({s.expert, s.replica, s.on, s.level, s.first_column, s.columns});
  return parts;
}

void add_part(const DevicePart& part, const workloads::MoeLayer& layer, std::int32_t bits, DeviceMapping& mapping) {
  for (const Projection projection : {Projection::gate, Projection::up})
    mapping.slices.push_back({part.expert, part.replica, static_cast<std::int32_t>(projection), 0, layer.hidden, part.first,
                              part.width, bits, part.on, part.level});
  mapping.slices.push_back({part.expert, part.replica, static_cast<std::int32_t>(Projection::down), part.first, part.width, 0,
                            layer.hidden, bits, part.on, part.level});
}

} // namespace moesaic::mappings
