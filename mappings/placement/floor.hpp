// The floor: where cores are and what it costs to reach one from another. Chips in a grid or below a tree of switches, each
// a grid of routers with some cores; packets travel first east or west, then north or south, and in a tree from a chip's
// gateway up to the lowest switch above both chips and down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/noc/tree_shape.hpp"

namespace moesaic::mappings {

/// What a flit pays on one link.
struct LinkCost {
  double occupancy = 0; ///< seconds the link is busy with a flit
  double latency = 0;   ///< seconds until the flit is across
  double joules = 0;    ///< per flit
  int buffer = 0;       ///< messages that wait at its end; 0: as many as elsewhere on the floor
};

/// Directions of a router's links, in the order of hw/noc's ports.
enum Direction : int { to_east = 0, to_west = 1, to_north = 2, to_south = 3 };

/// Slots are numbered chip by chip (row by row over the grid), core by core within the chip; `chip_cores` of
/// a chip's routers x cores are usable, the first ones in router order. Routers are numbered row by row over the grid of
/// chips, and a tree's switches behind them; links are those of the routers, four each, and then each chip's and switch's
/// link up and link down.
struct Floor {
  int chips_across = 1, chips_down = 1;
  int routers_across = 1, routers_down = 1; ///< per chip
  int cores_per_router = 1;
  int chip_cores = 1;
  LinkCost east_west, north_south, border; ///< `border` is a link that leaves a chip
  /// Router (within a chip) through which all messages between chips pass, or -1: they go straight. A message
  /// goes to its chip's gateway, in one tree to those of all chips with members, and forks there to the
  /// members.
  int gateway = -1;
  hw::noc::TreeShape tree;         ///< joins the chips, whose borders no link crosses; empty: they are joined in the grid
  std::vector<LinkCost> tree_cost; ///< of the links below each level of its switches
  int queue = 1;  ///< messages that wait at a receiver before those behind them are held up
  int buffer = 1; ///< messages that wait at a router's input
  double chip_watts = 0;       ///< static power of one chip; all chips of the grid are powered
  double switch_watts = 0;     ///< static power of all switches
  double fixed_seconds = 0;    ///< time that no placement changes, for example barriers
  std::int64_t core_bytes = 0; ///< memory of one core, 0: not limited

  int chips() const { return chips_across * chips_down; }
  int slots() const { return chips() * chip_cores; }
  int width() const { return chips_across * routers_across; } ///< in routers
  int height() const { return chips_down * routers_down; }
  int routers() const { return width() * height() + tree.switches(); }
  int links() const { return width() * height() * 4 + (tree.empty() ? 0 : 2 * (tree.nodes() - 1)); }
  double watts() const { return chips() * chip_watts + switch_watts; }
  int chip_of(int slot) const { return slot / chip_cores; }
  int core_of(int slot) const { return slot % chip_cores; }
  int slot_of(int chip, int core) const { return chip * chip_cores + core; }
  int router_of(int slot) const;
  int gateway_of(int chip) const; ///< its router in the whole grid
  int chip_at(int router) const { return router / width() / routers_down * chips_across + router % width() / routers_across; }
  bool is_switch(int router) const { return router >= width() * height(); }
  /// The link that leaves `router` in `direction`.
  static int link_of(int router, Direction direction) { return router * 4 + direction; }
  /// The links between a node of the tree, not the root, and the switch above it.
  int link_up(int node) const { return width() * height() * 4 + 2 * node; }
  int link_down(int node) const { return link_up(node) + 1; }
  /// The node of the tree whose link it is, or -1.
  int node_of_link(int link) const { return link < width() * height() * 4 ? -1 : (link - width() * height() * 4) / 2; }
  int router_of_node(int node) const { return node < chips() ? gateway_of(node) : width() * height() + node - chips(); }
  int from_of(int link) const; ///< the router that it leaves
  int to_of(int link) const;   ///< the router to which it leads, which must be there
  const LinkCost& cost_of(int link) const;
  /// The link from a router to its neighbour, or -1. Chips that have gateways are joined by one link per side, at the row
  /// and the column of the gateway, or by the tree's links.
  int link_between(int from, int to) const;
  /// Seconds on the links between two routers, without contention.
  double path_seconds(int from, int to) const;
  /// Links between chips from one chip to another.
  int chips_between(int a, int b) const;
  std::string router_name(int router) const;  ///< "(3, 1)", "switch 2 of level 1"
  std::string direction_name(int link) const; ///< "east", "up", "down2"
};

/// Throws InputError for sizes that cannot be.
void check_floor(const Floor& floor);

/// The most square grid of at least `chips` chips, by area first: no more than one row is left incomplete.
void shape_grid(Floor& floor, int chips);

/// All chips of a grid along a curve that never leaves the neighbourhood: a Hilbert curve generalised to any
/// rectangle. Returns pairs x, y flattened to y * width + x.
std::vector<int> hilbert_order(int width, int height);

} // namespace moesaic::mappings
