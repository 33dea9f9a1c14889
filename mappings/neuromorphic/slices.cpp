#include "mappings/neuromorphic/slices.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings {

int slice_begin(int items, int slices, int i) {
  return static_cast<int>(std::int64_t{items} * i / slices);
}

bool core_fits(const hw::Chip& chip, const std::vector<hw::SynapseTable>& tables, int neurons, int axons) {
  hw::Program probe;
  probe.chips = 1;
  probe.populations.push_back({});
  probe.tables = tables;
  probe.axons.push_back({0, axons, 0, 0, 0});
  hw::Core core;
  core.neurons = neurons;
  core.tables = static_cast<int>(tables.size());
  core.axons = 1;
  probe.cores.push_back(core);
  hw::Chip single = chip;
  single.system_chips = 0;
  single.microcode = true;
  return hw::violations(single, probe).empty();
}

int cores_for(int items, const char* what, const hw::Chip& chip, const std::function<bool(int)>& slice_fits) {
  if (!slice_fits(1))
    throw InputError(fmt::format("{} of the layer does not fit a core of {} ({} of memory)", what, chip.title,
                                 format_quantity(chip.memory.size.value, "B")));
  int least = 1, most = items;
  while (least < most) {
    const int middle = least + (most - least + 1) / 2;
    (slice_fits(middle) ? least : most) = slice_fits(middle) ? middle : middle - 1;
  }
  return (items + least - 1) / least;
}

} // namespace moesaic::mappings
