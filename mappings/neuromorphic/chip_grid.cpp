#include "mappings/neuromorphic/chip_grid.hpp"

#include <algorithm>
#include <cstdlib>

namespace moesaic::mappings {

ChipGrid::ChipGrid(const hw::Chip& chip, const MoePlan& plan) : cores_(chip.cores) {
  const int across = plan.grid_width, down = plan.grid_height;
  for (int c = 0; c < across * down; ++c)
    hub_.push_back(c);
  // Twice the distance from the middle, so that it is a whole number. In a tree all are as near, the first ones to each other.
  const bool tree = !chip.tree.empty();
  const auto distance = [&](int c) {
    if (tree)
      return 0;
    return std::max(std::abs(2 * (c % across) - across + 1), std::abs(2 * (c / across) - down + 1));
  };
  std::stable_sort(hub_.begin(), hub_.end(), [&](int a, int b) { return distance(a) < distance(b); });
  hub_.resize(static_cast<std::size_t>(plan.hub_chips));
  for (int y = 0; y < down; ++y)
    for (int x = 0; x < across; ++x) {
      const int c = y * across + (tree || y % 2 == 0 ? x : across - 1 - x);
      if (std::find(hub_.begin(), hub_.end(), c) == hub_.end())
        snake_.push_back(c);
    }
}

ChipGrid::Place ChipGrid::hub() {
  const int k = next_hub_core_++, chips = static_cast<int>(hub_.size());
  return {hub_[static_cast<std::size_t>(k % chips)], k / chips};
}

ChipGrid::Place ChipGrid::next() {
  const int k = next_expert_core_++;
  return {snake_[static_cast<std::size_t>(k / cores_)], k % cores_};
}

} // namespace moesaic::mappings
