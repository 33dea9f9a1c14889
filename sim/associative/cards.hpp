// A layer on the cards of an associative machine: who works on what, lowered and timed.
#pragma once

#include <functional>
#include <vector>

#include "mappings/associative/moe_lowering.hpp"
#include "sim/associative/card_run.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

using Cards = std::vector<mappings::associative::CardWork>; ///< by card

/// As the task's mapping says, where it has one for this machine.
Cards cards_of(const hw::associative::Description& description, const MoeTask& task);

/// Tokens that share one pass, on the card that has room for the fewest.
int pass_of(const hw::associative::Description& description, const workloads::MoeLayer& layer, const Cards& cards);

/// The layer's programs with their times.
struct TimedCards {
  std::vector<mappings::associative::CardProgram> programs; ///< by card
  CardRun run;                                              ///< refers to them
  RunTimes nominal;
};

/// The batch as a whole, or in passes where L1 has not accumulators for all of it: as the mapping says, or whichever takes
/// less time. `most`: see pass_of(). `time`: the nominal times, simulated or estimated.
TimedCards timed_cards(const hw::associative::Description& description, const MoeTask& task, const Cards& cards, int most,
                       const std::function<RunTimes(const CardRun&)>& time);

/// Of all cards' memories for one layer, as parts of one; a card whose L1 holds weights is the layer's own.
double cards_per_layer(const hw::associative::Description& description, const workloads::MoeLayer& layer, const Cards& cards);

} // namespace moesaic::sim
