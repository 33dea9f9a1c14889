// A MoE layer on a chain of cards that compute all experts: time and energy as those of a decoder model on such cards.
#pragma once

#include <string>
#include <vector>

#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/static_moe.hpp"
#include "results/record.hpp"
#include "sim/machine/machine.hpp"
#include "sim/neuromorphic/step_waits.hpp"

namespace moesaic::sim {

/// One card's products for one token, simulated one after another.
struct CardCost {
  double seconds = 0;
  hw::SystemRun run; ///< counts and hops of all its products
  StepWaits waits;
};

/// A token's way through the chain. Its data change nothing: neither which experts it chose nor what came before it.
struct ChainCost {
  CardCost first, further;
  double hand_over = 0, last_hand_over = 0; ///< seconds: the link's latency, then its messages; nobody else uses the link
  int cards = 1;

  double latency() const;
  /// Seconds between tokens: a card hands its token over before it takes the next.
  double interval() const;
  double batch_seconds(int tokens) const { return latency() + (tokens - 1) * interval(); }
  /// No system of this kind has been published: all cards at work on the same token, one hand-over to them and one back.
  double side_by_side() const;
};

ChainCost simulate_chain(const hw::Chip& chip, const mappings::StaticMoe& plan, Corner corner);

/// "computes all 257 experts: no data-dependent choice ...".
std::string no_choice_note(const hw::Chip& chip, const workloads::MoeLayer& layer);

results::RunRecord run_static_moe(const Document& document, const hw::Chip& chip, const MoeTask& task);

/// Every core, router and link of all cards: each token's way through the chain as those of one token are simulated.
results::UnitSpans static_moe_units(const hw::Chip& chip, const MoeTask& task, const results::TraceWindow& window);

/// Whether a neuromorphic machine's description says that it runs one schedule for all data.
bool runs_static_schedule(const Document& machine);

/// What `moesaic map --gain` says of such a chip: its cost, and why no placement changes it.
std::string static_gain_report(const Document& document, const workloads::MoeLayer& layer);

} // namespace moesaic::sim
