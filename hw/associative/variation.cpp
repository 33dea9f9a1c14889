#include "hw/associative/variation.hpp"

#include "description/varied_figure.hpp"

namespace moesaic::hw::associative {

namespace {

Figure* figure_at(Description& d, const std::string& path) {
  for (Figure* figure : {&d.clock, &d.card_bandwidth, &d.static_power, &d.awake_power, &d.issue_energy, &d.array_energy,
                         &d.byte_energy, &d.call, &d.inlined_call, &d.register_set, &d.mask_set, &d.mask_rewrite, &d.scalar,
                         &d.scalar_float, &d.card_word, &d.loop_step, &d.run_ahead, &d.l2_l1, &d.l1_address,
                         &d.l1_instructions})
    if (figure->path == path)
      return figure;
  for (auto& [name, law] : d.transfers)
    for (Figure* figure : {&law.setup, &law.per_byte})
      if (figure->path == path)
        return figure;
  return nullptr;
}

} // namespace

std::optional<Description> varied(const Description& card, const std::vector<Override>& changes) {
  Description other = card;
  for (const Override& change : changes) {
    Figure* figure = figure_at(other, change.path);
    if (figure == nullptr || !vary(*figure, change.value))
      return std::nullopt;
  }
  return other;
}

} // namespace moesaic::hw::associative
