#include "hw/neuromorphic/chip_tree.hpp"

#include <algorithm>
#include <cstdlib>

#include "hw/noc/topology.hpp"

namespace moesaic::hw {

static std::vector<int> radices(const Chip& chip) {
  std::vector<int> all;
  for (const SwitchLevel& level : chip.tree)
    all.push_back(level.radix);
  return all;
}

noc::TreeShape tree_of(const Chip& chip, int chips) {
  if (chip.tree.empty() || chips < 2)
    return {};
  std::vector<int> used = radices(chip);
  used.resize(static_cast<std::size_t>(noc::TreeShape::levels_for(chips, used)));
  return {chips, used};
}

int most_chips(const Chip& chip) {
  if (chip.tree.empty())
    return chip.system_chips;
  const int room = noc::TreeShape::room(radices(chip));
  return chip.system_chips > 0 ? std::min(chip.system_chips, room) : room;
}

int farthest_links(const Chip& chip, int across, int down) {
  return chip.tree.empty() ? across - 1 + down - 1 : 2 * tree_of(chip, across * down).levels();
}

int gateway_router(const Chip& chip) {
  return chip.tree.empty() ? chip.mesh_height / 2 * chip.mesh_width + chip.mesh_width / 2
                           : noc::Topology::tree_gateway(chip.mesh_width);
}

int links_between(const Chip& chip, int across, int down, const CorePlace& a, const CorePlace& b) {
  const int width = chip.mesh_width, height = chip.mesh_height;
  const int from = a.slot / chip.cores_per_router, to = b.slot / chip.cores_per_router;
  const auto in_chip = [width](int r, int s) { return std::abs(r % width - s % width) + std::abs(r / width - s / width); };
  if (a.chip == b.chip)
    return in_chip(from, to);
  if (chip.tree.empty())
    return std::abs(a.chip % across * width + from % width - b.chip % across * width - to % width) +
           std::abs(a.chip / across * height + from / width - b.chip / across * height - to / width);
  const int gateway = gateway_router(chip);
  return in_chip(from, gateway) + 2 * tree_of(chip, across * down).meet(a.chip, b.chip) + in_chip(gateway, to);
}

} // namespace moesaic::hw
