// How the chips of a system are joined: in a grid by their sides, or by a tree of switches where the description has one.
#pragma once

#include "hw/neuromorphic/chip.hpp"
#include "hw/noc/tree_shape.hpp"

namespace moesaic::hw {

/// The switches above `chips` chips: as many of the description's levels as it takes, each full but for the last switches
/// of a level. Empty where chips stand in a grid, and for a chip alone. Throws InputError where the levels have no room.
noc::TreeShape tree_of(const Chip& chip, int chips);

/// Chips that a system may have at most, by its statement and by its switches; 0: no limit.
int most_chips(const Chip& chip);

/// Links that a message crosses between the two chips that are farthest from each other: corner to corner of the grid, or
/// up to the root and down again.
int farthest_links(const Chip& chip, int across, int down);

/// Router of a chip, by its number there, through which messages between chips pass: the middle one, or in a tree the
/// one whose north port leads to the switch.
int gateway_router(const Chip& chip);

struct CorePlace {
  int chip = 0, slot = 0;
};

/// Links that a message crosses between two cores' routers: along rows and columns, over the grid of `across` x `down`
/// chips as if no gateways were in between, and in a tree of chips by way of gateways and switches.
int links_between(const Chip& chip, int across, int down, const CorePlace& a, const CorePlace& b);

} // namespace moesaic::hw
