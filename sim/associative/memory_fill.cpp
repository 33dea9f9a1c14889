// What the transfers bring into L1: patterns, weights and keys, laid out by columns.
#include <algorithm>
#include <stdexcept>

#include "sim/associative/memory.hpp"

namespace moesaic::sim {

using mappings::associative::ColumnLayout;

void LayerMemory::fill_pattern(std::int64_t nth, Words& slot) const {
  const std::int64_t index = slots_.pattern + nth;
  std::fill(slot.begin(), slot.end(), 0);
  if (index == slots_.group_pattern) {
    const int per_group = layer_.routed / layer_.router.groups;
    for (int e = 0; e < layer_.routed; ++e)
      slot[static_cast<std::size_t>(e)] =
          static_cast<std::uint16_t>((1 << (e / per_group)) | (1 << all_experts_section));
    return;
  }
  const bool router = index < slots_.gate_up_pattern, up = !router && index < slots_.down_pattern;
  const ColumnLayout& m = router ? layout_.router : up ? layout_.gate_up : layout_.down;
  const std::int64_t first = index - (router ? slots_.pattern
                                      : up   ? slots_.gate_up_pattern
                                             : slots_.down_pattern);
  for (std::size_t c = 0; c < slot.size(); ++c) {
    const auto input = static_cast<std::int64_t>(c) % 8192 / m.subgroup;
    if (input / 16 == first)
      slot[c] = static_cast<std::uint16_t>(1 << (input % 16));
  }
}

void LayerMemory::fill_router(int core, std::int64_t index, Words& slot) const {
  std::fill(slot.begin(), slot.end(), 0);
  const ColumnLayout& m = layout_.router;
  for (int j = 0; j < m.inputs; ++j) {
    const int k = static_cast<int>(index) * m.inputs + j, at = core * layout_.hidden_part + k;
    if (k >= layout_.hidden_part || at >= layer_.hidden)
      break;
    for (int e = 0; e < layer_.routed; ++e)
      slot[static_cast<std::size_t>(m.column(e, j))] =
          static_cast<std::uint16_t>(router16_[static_cast<std::size_t>(e)][static_cast<std::size_t>(at)]);
  }
}

std::int8_t LayerMemory::weight_code(const Item& item, bool down, int output, int input) const {
  const auto e = static_cast<std::size_t>(item.expert);
  const int f = layout_.ffn_part;
  if (down)
    return input < item.width && output < layer_.hidden
               ? static_cast<std::int8_t>(held_.down[e].code_of(output, item.first + input))
               : std::int8_t{0};
  if (output >= 2 * f || output % f >= item.width || input >= layer_.hidden)
    return 0;
  return static_cast<std::int8_t>((output < f ? held_.gate[e] : held_.up[e]).code_of(item.first + output % f, input));
}

void LayerMemory::fill_weights(const Item& item, std::int64_t offset, Words& slot) const {
  std::fill(slot.begin(), slot.end(), 0);
  const std::int64_t gate_up = layout_.gate_up.slots() * layout_.gate_up.slot_bytes();
  const bool down = offset >= gate_up;
  const ColumnLayout& m = down ? layout_.down : layout_.gate_up;
  const auto first = static_cast<int>((offset - (down ? gate_up : 0)) / m.slot_bytes()) * m.per_slot;
  for (int half = 0; half < m.per_slot; ++half)
    for (int j = 0; j < m.inputs; ++j)
      for (int o = 0; o < m.groups * m.outputs_per_group; ++o) {
        const auto code = weight_code(item, down, o, (first + half) * m.inputs + j);
        slot[static_cast<std::size_t>(m.column(o, j))] |=
            static_cast<std::uint16_t>(static_cast<std::uint8_t>(code) << (8 * half));
      }
}

const LayerMemory::Item& LayerMemory::nth_item(int core, bool resident, std::int64_t nth) const {
  for (const Item& item : work_.cores[static_cast<std::size_t>(core)])
    if (item.resident == resident && nth-- == 0)
      return item;
  throw std::logic_error("weights that no item has");
}

std::int64_t LayerMemory::offset_of_slot(std::int64_t slot) const {
  const ColumnLayout &gate_up = layout_.gate_up, &down = layout_.down;
  return slot < gate_up.slots() ? slot * gate_up.slot_bytes()
                                : gate_up.slots() * gate_up.slot_bytes() + (slot - gate_up.slots()) * down.slot_bytes();
}

void LayerMemory::fill_resident(int core, hw::associative::FunctionalCore& planes) const {
  const auto& items = work_.cores[static_cast<std::size_t>(core)];
  const auto held = std::count_if(items.begin(), items.end(), [](const Item& item) { return item.resident; });
  const std::int64_t each = item_slots(layout_);
  for (std::int64_t slot = 0; slot < held * each; ++slot)
    fill_weights(nth_item(core, true, slot / each), offset_of_slot(slot % each), planes.slot(static_cast<int>(slot)));
}

void LayerMemory::fill_keys(Part& part, Words& slot) const {
  std::fill(slot.begin(), slot.end(), 0);
  const int shift = part.collected++ == 0 ? 16 : 0;
  for (std::size_t e = 0; e < keys_.size(); ++e)
    slot[e] = static_cast<std::uint16_t>(keys_[e] >> shift);
}

} // namespace moesaic::sim
