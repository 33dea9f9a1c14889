// Tracks of a chain of cards.
#include <fmt/format.h>

#include "sim/neuromorphic/static_moe.hpp"
#include "sim/neuromorphic/unit_tracks.hpp"

namespace moesaic::sim {
namespace {

/// One product of a card's token, with its spans from the card's first moment on.
struct LoggedProduct {
  std::string name;
  hw::Program program;
  hw::SpanLog log;
  double start = 0;
};

std::vector<LoggedProduct> log_card(const hw::Chip& chip, const std::vector<mappings::ChipProduct>& products, double seconds) {
  std::vector<LoggedProduct> logged;
  double start = 0;
  for (const auto& product : products) {
    LoggedProduct one{product.name, mappings::product_program(chip, product), span_log({}, seconds), start};
    hw::ScriptedActivity activity(one.program, {});
    start += hw::run_system(chip, one.program, Corner::nominal, activity, 1, 0, one.log).seconds;
    logged.push_back(std::move(one));
  }
  return logged;
}

} // namespace

results::UnitSpans static_moe_units(const hw::Chip& chip, const MoeTask& task, const results::TraceWindow& window) {
  const mappings::StaticMoe plan = mappings::plan_static_moe(chip, task.layer);
  const ChainCost chain = simulate_chain(chip, plan, Corner::nominal);
  const auto first = log_card(chip, plan.first, chain.first.seconds);
  const auto further = chain.cards > 1 ? log_card(chip, plan.further, chain.further.seconds) : first;
  UnitTracks tracks(window);
  for (int token = 0; token < task.routing.tokens; ++token) {
    double start = token * chain.interval();
    for (int card = 0; card < chain.cards && start <= window.to; ++card) {
      const double work = card == 0 ? chain.first.seconds : chain.further.seconds;
      const double pass = card + 1 == chain.cards ? chain.last_hand_over : chain.hand_over;
      if (start + work + pass >= window.from)
        for (const auto& product : card == 0 ? first : further)
          tracks.add(chip, product.program, product.log, start + product.start, card + 1,
                     [&](std::int64_t) { return fmt::format("token {}: {}", token, product.name); });
      tracks.add_link(card + 1, card + 1 == chain.cards ? "link to the host" : "link to the next card",
                      fmt::format("token {}: hand-over", token), start + work, pass);
      start += work + pass;
    }
  }
  return tracks.finish("card");
}

} // namespace moesaic::sim
