// The floor: where cores are and what it costs to reach one from another. A grid of chips, each a grid of
// routers with some cores; packets travel first east or west, then north or south.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace moesaic::mappings {

/// What a flit pays on one link.
struct LinkCost {
  double occupancy = 0; ///< seconds the link is busy with a flit
  double latency = 0;   ///< seconds until the flit is across
  double joules = 0;    ///< per flit
};

/// Directions of a router's links, in the order of hw/noc's ports.
enum Direction : int { to_east = 0, to_west = 1, to_north = 2, to_south = 3 };

/// Slots are numbered chip by chip (row by row over the grid), core by core within the chip; `chip_cores` of
/// a chip's routers x cores are usable, the first ones in router order.
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
  int queue = 1;  ///< messages that wait at a receiver before those behind them are held up
  int buffer = 1; ///< messages that wait at a router's input
  double chip_watts = 0;       ///< static power of one chip; all chips of the grid are powered
  double fixed_seconds = 0;    ///< time that no placement changes, for example barriers
  std::int64_t core_bytes = 0; ///< memory of one core, 0: not limited

  int chips() const { return chips_across * chips_down; }
  int slots() const { return chips() * chip_cores; }
  int width() const { return chips_across * routers_across; } ///< in routers
  int height() const { return chips_down * routers_down; }
  int routers() const { return width() * height(); }
  int links() const { return routers() * 4; }
  int chip_of(int slot) const { return slot / chip_cores; }
  int core_of(int slot) const { return slot % chip_cores; }
  int slot_of(int chip, int core) const { return chip * chip_cores + core; }
  int router_of(int slot) const;
  int gateway_of(int chip) const; ///< its router in the whole grid
  /// The link that leaves `router` in `direction`.
  static int link_of(int router, Direction direction) { return router * 4 + direction; }
  const LinkCost& cost_of(int link) const;
  /// The link from a router to its neighbour, or -1. Chips that have gateways are joined by one link per side, at the row
  /// and the column of the gateway.
  int link_between(int from, int to) const;
};

/// Throws InputError for sizes that cannot be.
void check_floor(const Floor& floor);

/// The most square grid of at least `chips` chips, by area first: no more than one row is left incomplete.
void shape_grid(Floor& floor, int chips);

/// All chips of a grid along a curve that never leaves the neighbourhood: a Hilbert curve generalised to any
/// rectangle. Returns pairs x, y flattened to y * width + x.
std::vector<int> hilbert_order(int width, int height);

} // namespace moesaic::mappings
