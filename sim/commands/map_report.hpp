// What `moesaic map` finds, measures and prints.
#pragma once

#include <memory>
#include <string>

#include "sim/neuromorphic/placed_moe.hpp"

namespace moesaic::sim {

struct Found {
  std::string strategy; ///< the name of the one that found it
  std::shared_ptr<const PlacedMoe> own = nullptr; ///< what is placed, where it is not what was asked for: with replicas
  mappings::Placement placement;
  mappings::Estimate estimate;
  bool out_of_time = false;
  std::string start;             ///< of a search: what it started from
  double simulating_seconds = 0; ///< of the host: its share of what all took, side by side
  const PlacedMoe& moe(const PlacedMoe& asked) const { return own ? *own : asked; }
  SimulatedCost simulated; ///< of `choice_tokens()` tokens of another trace than the one placed for; 0 s: not simulated
};

/// Tokens that placements are simulated on before one is chosen: fewer where a token takes the simulator seconds.
int choice_tokens(const PlacedMoe& moe);

/// Names of all strategies, among them "snake", the lowering's own places, and "eplb", those with replicas.
std::string strategy_list();
/// Throws InputError unless it is one of them, or "best".
void check_strategy(const std::string& name);

/// The naive placement first, then those asked for, each estimated, and simulated (those with the two least estimates alone, where there are many cores): `strategy` is a strategy's name,
/// "snake", "eplb" (replicas, on more chips), or "best": all but annealing, metis and eplb. Throws InputError.
std::vector<Found> find_placements(const PlacedMoe& moe, const mappings::PlacementRequest& request,
                                   const std::string& strategy, const Redundancy& redundancy = {});

/// Of those, the one asked for: with "best" the one that costs least when simulated, the earliest of equals; thus never
/// one worse than naive.
const Found& choose(const std::vector<Found>& found, mappings::Objective objective, const std::string& strategy);

/// Estimated and simulated cost of all, and what bounds the chosen one.
std::string cost_report(const PlacedMoe& moe, const std::vector<Found>& found, const Found& chosen);

/// Every strategy's placement, simulated on `tokens` tokens of another trace than the one it was made for.
std::string gain_report(const PlacedMoe& moe, const mappings::PlacementRequest& request, int tokens,
                        const Redundancy& redundancy = {});

/// Spearman's rank correlation of estimated and simulated time over `count` random placements, half of them scattered
/// core by core, half by cluster.
std::string correlation_report(const PlacedMoe& moe, int count, std::uint64_t seed);

/// SVG: the naive placement and the found one side by side, with the time that each link between sites is busy for one
/// token. A site is a chip, or a router where there is one chip. Throws InputError when it cannot be written.
void write_floor_picture(const PlacedMoe& moe, const Found& found, const std::string& file);

} // namespace moesaic::sim
