#include "hw/associative/variation.hpp"

#include "description/varied_figure.hpp"

namespace moesaic::hw::associative {

namespace {

/// Hands every figure that may be changed alone to `visit`.
template <class Visit> void visit_figures(Description& d, Visit visit) {
  for (Figure* figure : {&d.clock, &d.card_bandwidth, &d.static_power, &d.awake_power, &d.issue_energy, &d.array_energy,
                         &d.byte_energy, &d.call, &d.inlined_call, &d.register_set, &d.mask_set, &d.mask_rewrite, &d.scalar,
                         &d.scalar_float, &d.card_word, &d.loop_step, &d.run_ahead, &d.l2_l1, &d.l1_address,
                         &d.l1_instructions})
    visit(*figure);
  for (auto* figure : {&d.link_bandwidth, &d.link_latency})
    if (*figure)
      visit(**figure);
  for (auto& [name, law] : d.transfers)
    visit(law.setup), visit(law.per_byte);
}

} // namespace

std::optional<Description> varied(const Description& card, const std::vector<Override>& changes) {
  Description other = card;
  if (!vary_figures(changes, [&](auto visit) { visit_figures(other, visit); }))
    return std::nullopt;
  return other;
}

} // namespace moesaic::hw::associative
