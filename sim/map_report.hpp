// What `moesaic map` finds, measures and prints.
#pragma once

#include <string>

#include "sim/placed_moe.hpp"

namespace moesaic::sim {

struct Found {
  std::string strategy; ///< the name of the one that found it
  mappings::Placement placement;
  mappings::Estimate estimate;
  bool out_of_time = false;
};

/// Names of all strategies, "snake" among them: the lowering's own places.
std::string strategy_list();

/// `strategy`: a strategy's name, "snake", or "best": that of all but annealing with the least estimate of the
/// objective. Throws InputError.
Found find_placement(const PlacedMoe& moe, const mappings::PlacementRequest& request, const std::string& strategy);

/// The found placement's estimate beside the naive one's.
std::string estimate_report(const PlacedMoe& moe, const Found& found);

/// Every strategy's placement, simulated on `tokens` tokens of another trace than the one it was made for.
std::string gain_report(const PlacedMoe& moe, const mappings::PlacementRequest& request, int tokens);

/// Spearman's rank correlation of estimated and simulated time over `count` random placements, half of them scattered
/// core by core, half by cluster.
std::string correlation_report(const PlacedMoe& moe, int count, std::uint64_t seed);

/// SVG: the naive placement and the found one side by side, with the time that each link between sites is busy for one
/// token. A site is a chip, or a router where there is one chip. Throws InputError when it cannot be written.
void write_floor_picture(const PlacedMoe& moe, const Found& found, const std::string& file);

} // namespace moesaic::sim
