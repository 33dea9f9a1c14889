// A tree of chips: what Topology answers where switches are.
#include <algorithm>

#include "description/error.hpp"
#include "hw/noc/flit.hpp"
#include "hw/noc/topology.hpp"

namespace moesaic::hw::noc {

Topology Topology::tree(int chip_width, int chip_height, int concentration, const std::vector<SwitchLevel>& levels) {
  if (levels.empty())
    throw InputError("a tree of chips needs at least one level of switches");
  int widest = 0;
  long chips = 1;
  for (const SwitchLevel& level : levels) {
    if (level.radix < 1 || level.radix >= largest_ports)
      throw InputError("a switch with " + std::to_string(level.radix) + " children: must be 1 to " +
                       std::to_string(largest_ports - 1));
    chips *= level.radix;
    widest = std::max(widest, level.radix);
    if (chips > largest_side)
      throw InputError("a tree of more than " + std::to_string(largest_side) + " chips is not supported");
  }
  mesh(chip_width, chip_height, concentration); // refuses bad sizes
  if (chips * chip_height > largest_side)
    throw InputError("a tree of " + std::to_string(chips) + " chips with " + std::to_string(chip_height) +
                     " rows of routers: must be at most " + std::to_string(largest_side) + " rows in all");
  Topology tree("tree", chip_width, static_cast<int>(chips) * chip_height, concentration, false);
  tree.levels_.push_back({chip_width, chip_height, levels.front().link});
  tree.ports_ = std::max(tree.ports_, widest + 1);
  int span = 1;
  for (const SwitchLevel& level : levels) {
    span *= level.radix;
    tree.switch_rows_.push_back({level.radix, tree.routers(), span});
    tree.switches_ += static_cast<int>(chips) / span;
    tree.link_classes_.push_back(level.link);
  }
  if (tree.rows() > largest_side)
    throw InputError("a tree of " + std::to_string(tree.routers()) + " routers and switches on chips " +
                     std::to_string(chip_width) + " across: must be at most " +
                     std::to_string(largest_side * chip_width));
  return tree;
}

int Topology::level_of(int router) const {
  int level = 0;
  while (level + 1 < static_cast<int>(switch_rows_.size()) &&
         router >= switch_rows_[static_cast<std::size_t>(level + 1)].first)
    ++level;
  return level;
}

bool Topology::is_uplink(int router, int port) const {
  if (!is_switch(router))
    return port == north && gateway(router / chip_routers()) == router;
  const auto level = static_cast<std::size_t>(level_of(router));
  return port == switch_rows_[level].radix && level + 1 < switch_rows_.size();
}

int Topology::tree_neighbour(int router, int port) const {
  if (is_switch(router)) {
    const auto level = static_cast<std::size_t>(level_of(router));
    const SwitchRow& row = switch_rows_[level];
    const int number = router - row.first;
    if (port < row.radix) {
      const int child = number * row.radix + port;
      return level == 0 ? gateway(child) : switch_rows_[level - 1].first + child;
    }
    return is_uplink(router, port) ? switch_rows_[level + 1].first + number / switch_rows_[level + 1].radix : -1;
  }
  const int chip = router / chip_routers(), x = x_of(router), y = y_of(router) % chip_height();
  if (is_uplink(router, port))
    return switch_rows_.front().first + chip / switch_rows_.front().radix;
  const bool there = (port == east && x + 1 < width_) || (port == west && x > 0) || (port == north && y > 0) ||
                     (port == south && y + 1 < chip_height());
  if (!there)
    return -1;
  return router + (port == east) - (port == west) + width_ * ((port == south) - (port == north));
}

int Topology::tree_opposite(int router, int port) const {
  if (is_uplink(router, port)) { // which child of its switch is it?
    if (!is_switch(router))
      return router / chip_routers() % switch_rows_.front().radix;
    const auto level = static_cast<std::size_t>(level_of(router));
    return (router - switch_rows_[level].first) % switch_rows_[level + 1].radix;
  }
  if (!is_switch(router))
    return port ^ 1;
  const int level = level_of(router);
  return level == 0 ? static_cast<int>(north) : switch_rows_[static_cast<std::size_t>(level - 1)].radix;
}

// Up to the lowest switch that both have above them, then down, and rows first in a chip. What has come down leaves the
// gateway along its row and then a column, and no such channel leads to the gateway: so none waits for an uplink, and
// there is no cycle.
int Topology::tree_port(int router, int destination) const {
  const int chip = destination / chip_routers();
  if (is_switch(router)) {
    const SwitchRow& row = switch_rows_[static_cast<std::size_t>(level_of(router))];
    if (chip / row.span != router - row.first)
      return row.radix;
    return chip % row.span / (row.span / row.radix);
  }
  const bool here = router / chip_routers() == chip;
  const int to = here ? destination : gateway(router / chip_routers());
  const int dx = x_of(to) - x_of(router), dy = y_of(to) - y_of(router);
  return dx > 0 ? east : dx < 0 ? west : dy > 0 ? south : dy < 0 || !here ? north : 0;
}

std::uint8_t Topology::tree_link_class(int router, int port) const {
  if (!is_switch(router))
    return is_uplink(router, port) ? first_level_link
           : port >= first_local   ? local_link
           : port <= west          ? east_west_link
                                   : north_south_link;
  const int level = level_of(router);
  const SwitchRow& row = switch_rows_[static_cast<std::size_t>(level)];
  if (port < row.radix)
    return static_cast<std::uint8_t>(first_level_link + level);
  return is_uplink(router, port) ? static_cast<std::uint8_t>(first_level_link + level + 1)
                                 : static_cast<std::uint8_t>(local_link);
}

std::string Topology::router_name(int router) const {
  if (!is_tree())
    return "router (" + std::to_string(x_of(router)) + ", " + std::to_string(y_of(router)) + ")";
  if (!is_switch(router))
    return "chip " + std::to_string(router / chip_routers()) + " router (" + std::to_string(x_of(router)) + ", " +
           std::to_string(y_of(router) % chip_height()) + ")";
  const int level = level_of(router);
  return "switch " + std::to_string(router - switch_rows_[static_cast<std::size_t>(level)].first) + " of level " +
         std::to_string(level + 1);
}

std::string Topology::port_name(int router, int port) const {
  static const char* const names[] = {"east", "west", "north", "south"};
  if (is_tree() && is_uplink(router, port))
    return "up";
  if (is_switch(router))
    return "down" + std::to_string(port);
  return port < first_local ? names[port] : "local";
}

} // namespace moesaic::hw::noc
