// What the transfers bring into L1: patterns, weights and keys, laid out by columns.
#include <algorithm>

#include "sim/associative/memory.hpp"

namespace moesaic::sim {

using mappings::associative::ColumnLayout;

void LayerMemory::fill_pattern(std::int64_t index, Words& slot) const {
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

std::int8_t LayerMemory::weight_code(int core, int expert, bool down, int output, int input) const {
  const auto e = static_cast<std::size_t>(expert);
  const int f = layout_.ffn_part;
  if (down) {
    const int column = core * f + input;
    return input < f && column < layer_.expert_ffn && output < layer_.hidden
               ? static_cast<std::int8_t>(held_.down[e].code_of(output, column))
               : std::int8_t{0};
  }
  const int row = core * f + output % f;
  if (output >= 2 * f || row >= layer_.expert_ffn || input >= layer_.hidden)
    return 0;
  return static_cast<std::int8_t>((output < f ? held_.gate[e] : held_.up[e]).code_of(row, input));
}

void LayerMemory::fill_weights(int core, std::int64_t offset, Words& slot) const {
  std::fill(slot.begin(), slot.end(), 0);
  const auto expert = static_cast<int>(offset / layout_.expert_bytes());
  std::int64_t rest = offset % layout_.expert_bytes();
  const std::int64_t gate_up = layout_.gate_up.slots() * layout_.gate_up.slot_bytes();
  const bool down = rest >= gate_up;
  const ColumnLayout& m = down ? layout_.down : layout_.gate_up;
  const auto first = static_cast<int>((rest - (down ? gate_up : 0)) / m.slot_bytes()) * m.per_slot;
  for (int half = 0; half < m.per_slot; ++half)
    for (int j = 0; j < m.inputs; ++j)
      for (int o = 0; o < m.groups * m.outputs_per_group; ++o) {
        const auto code = weight_code(core, expert, down, o, (first + half) * m.inputs + j);
        slot[static_cast<std::size_t>(m.column(o, j))] |=
            static_cast<std::uint16_t>(static_cast<std::uint8_t>(code) << (8 * half));
      }
}

void LayerMemory::fill_keys(Part& part, Words& slot) const {
  std::fill(slot.begin(), slot.end(), 0);
  const int shift = part.collected++ == 0 ? 16 : 0;
  for (std::size_t e = 0; e < keys_.size(); ++e)
    slot[e] = static_cast<std::uint16_t>(keys_[e] >> shift);
}

} // namespace moesaic::sim
