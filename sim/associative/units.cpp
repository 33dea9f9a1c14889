#include "sim/associative/units.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace moesaic::sim {

using hw::associative::Description;

namespace {

/// `name`: of the card, before its cores' names.
void add_card(const Description& d, const std::vector<const mappings::associative::Program*>& card, const std::string& name,
              const hw::associative::SpanWindow& window, results::UnitSpans& units) {
  const double second = double(hw::associative::ticks_per_cycle) * d.clock.value;
  const auto times = run_card_units(d, card, window);
  std::map<std::pair<int, std::string>, std::uint32_t> index;
  for (int core = 0; core < int(card.size()); ++core) {
    const auto add = [&](std::string unit) {
      index[{core, unit}] = units.add_unit(fmt::format("{}core {}", name, core), unit);
    };
    add("issue");
    add("array");
    for (int engine = 0; engine < d.engines; ++engine)
      add(fmt::format("transfer {}", engine));
  }
  for (const auto& span : times.spans)
    units.add(index.at({span.core, span.unit}), span.name, double(span.start) / second, double(span.end - span.start) / second);
  if (times.cut && !times.spans.empty()) {
    const double until = double(times.spans.back().end) / second;
    units.followed_until = units.followed_until < 0 ? until : std::min(units.followed_until, until);
  }
}

} // namespace

results::UnitSpans associative_units(const Description& d, const CardRun& run, const results::TraceWindow& window) {
  const double second = double(hw::associative::ticks_per_cycle) * d.clock.value;
  hw::associative::SpanWindow kept;
  kept.most = std::max<std::size_t>(1, window.most_events / run.cards.size());
  kept.from = static_cast<hw::associative::Ticks>(window.from * second);
  if (window.to * second < double(kept.to))
    kept.to = static_cast<hw::associative::Ticks>(window.to * second);
  results::UnitSpans units;
  for (std::size_t c = 0; c < run.cards.size(); ++c)
    add_card(d, run.cards[c], run.cards.size() > 1 ? fmt::format("card {} ", c) : "", kept, units);
  return units;
}

} // namespace moesaic::sim
