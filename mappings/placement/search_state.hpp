// A placement that changes step by step, with its cost kept up to date.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mappings/placement/site_loads.hpp"
#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

/// Vertices and the slots they go to; together a permutation of slots, empty ones included.
using Move = std::vector<std::pair<std::int32_t, std::int32_t>>;

class SearchState {
 public:
  SearchState(const PlacementRequest& request, Placement start);

  const Placement& placement() const { return placement_; }
  /// The vertex in a slot, or -1.
  std::int32_t occupant(int slot) const { return occupant_[static_cast<std::size_t>(slot)]; }
  /// A smooth cost close to the objective: the busiest link is replaced by an 8-norm over links between
  /// sites, so that progress below the maximum counts too.
  double cost() const;
  /// Makes a move; returns the one that undoes it.
  Move make(const Move& move);

 private:
  void update(const Move& move, int sign);
  const PlacementRequest& request_;
  Placement placement_;
  std::vector<std::int32_t> occupant_; ///< by slot
  std::vector<std::int32_t> on_chip_;  ///< vertices by chip
  int chips_ = 0;
  SiteLoads loads_;
  std::vector<double> busiest_;        ///< by phase, seconds
  std::vector<std::int32_t> affected_; ///< bundles of the move at hand
  std::vector<std::int64_t> stamp_;    ///< by bundle
  std::int64_t step_ = 0;
};

} // namespace moesaic::mappings
