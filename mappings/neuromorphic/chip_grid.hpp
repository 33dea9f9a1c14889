// Where the cores of a mapped layer stand: hub chips in the middle of the grid, experts along a snake over
// the others; in a tree the hub on the first chips, experts on the others in order.
#pragma once

#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "mappings/neuromorphic/moe_plan.hpp"

namespace moesaic::mappings {

class ChipGrid {
 public:
  struct Place {
    int chip = 0, slot = 0;
  };

  ChipGrid(const hw::Chip& chip, const MoePlan& plan);

  /// The next hub core; they are dealt out to the hub chips in turn, which spreads the traffic over their
  /// links.
  Place hub();
  /// Goes to core `index` of the experts' cores, counted along the snake.
  void expert(int index) { next_expert_core_ = index; }
  Place next();

 private:
  int cores_;
  std::vector<int> hub_, snake_; ///< chips
  int next_hub_core_ = 0, next_expert_core_ = 0;
};

} // namespace moesaic::mappings
