// What stands where on a floor, and how long the links between its sites are busy: before and after placing.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mappings/placement/estimate.hpp"
#include "results/record.hpp"
#include "sim/neuromorphic/placed_moe.hpp"

namespace moesaic::sim {

/// A site is a chip, or a router where there is one chip. A tree's switches are sites too, below the chips, each level from
/// a row of its own.
struct FloorLoads {
  bool by_chip = false, tree = false;
  int across = 0, down = 0;
  std::vector<int> level; ///< by site: 0, of a switch its level, -1: nothing stands there
  std::vector<std::map<std::int32_t, int>> held; ///< by site: cores of each cluster
  std::vector<double> busy; ///< by site and direction (mappings::Direction): seconds per token of the link that leaves it; in
                            ///< a tree north is the link up to its switch, and south the one down from there

  int sites() const { return across * down; }
  double busiest() const;
  /// The cluster that holds most of a site's cores, the first of equals; -1: none.
  std::int32_t holder(int site) const;
};

FloorLoads floor_loads(const mappings::Traffic& traffic, const mappings::Floor& floor,
                       const mappings::Placement& placement);

/// Adds to a record what the naive order and the program's own places hold and load, in four maps: floor_held_before and
/// _after (by site: -1 empty, 0 hub, e + 1 expert e, -1 - l a switch of level l), floor_links_before and _after (four columns
/// per site: links east, west, north and south; below switches nothing, nothing, up and down). `chosen`: the replicas that serve each token. `strategy` found the program's places.
void add_floor_maps(const hw::Chip& chip, const hw::Program& program, const mappings::MoePlan& plan,
                    const std::vector<std::vector<std::int32_t>>& chosen, const std::string& strategy,
                    results::RunRecord& record);

} // namespace moesaic::sim
