#include "sim/associative/cards.hpp"

#include <algorithm>
#include <limits>

#include "mappings/devices/card_mapping.hpp"

namespace moesaic::sim {

Cards cards_of(const hw::associative::Description& d, const MoeTask& task) {
  if (const auto* mapping = devices_of(task, d.name))
    return mappings::card_work(*mapping, d, task.layer);
  return {mappings::associative::even_work(d, task.layer)};
}

int pass_of(const hw::associative::Description& d, const workloads::MoeLayer& layer, const Cards& work) {
  int most = std::numeric_limits<int>::max();
  for (const auto& card : work) {
    const auto layout = work_layout(d, layer, card);
    most = std::min(most, tokens_per_pass(d, layout, resident_slots(layout, card)));
  }
  return most;
}

using Timer = std::function<RunTimes(const CardRun&)>;

static TimedCards timed(const hw::associative::Description& d, const MoeTask& task, const Cards& work, bool in_passes,
                        const Timer& time) {
  TimedCards cards;
  for (const auto& card : work)
    cards.programs.push_back(in_passes ? lower_moe_in_passes(d, task.layer, task.routing, card)
                                       : lower_moe(d, task.layer, task.routing, card));
  for (const auto& card : cards.programs) {
    cards.run.cards.emplace_back();
    for (std::size_t c = 0; c < card.of_core.size(); ++c)
      cards.run.cards.back().push_back(&card.core(c));
  }
  // 16-bit hidden states in, 32-bit sums out.
  cards.run.bytes_in = std::int64_t{2} * task.layer.hidden * task.routing.tokens;
  cards.run.bytes_out = std::int64_t{4} * task.layer.hidden * task.routing.tokens;
  cards.nominal = time(cards.run);
  return cards;
}

TimedCards timed_cards(const hw::associative::Description& d, const MoeTask& task, const Cards& work, int most,
                       const Timer& time) {
  const auto* mapping = devices_of(task, d.name);
  const auto order = mapping ? mapping->batches : mappings::BatchOrder::faster;
  if (task.routing.tokens <= most || order == mappings::BatchOrder::whole)
    return timed(d, task, work, false, time);
  auto passes = timed(d, task, work, true, time);
  if (order == mappings::BatchOrder::passes)
    return passes;
  auto whole = timed(d, task, work, false, time);
  return seconds_of(d, passes.nominal, Corner::nominal) < seconds_of(d, whole.nominal, Corner::nominal) ? std::move(passes) : std::move(whole);
}

double cards_per_layer(const hw::associative::Description& d, const workloads::MoeLayer& layer, const Cards& work) {
  double cards = 0;
  for (const auto& card : work) {
    double bytes = 0;
    bool resident = false;
    for (const auto& items : card.cores)
      for (const auto& item : items) {
        bytes += item.resident ? 0 : 3.0 * layer.hidden * item.width;
        resident = resident || item.resident;
      }
    cards += resident ? 1 : bytes / d.l4.value;
  }
  return cards;
}

} // namespace moesaic::sim
