// A tree of chips: what Topology answers where switches are.
#include <algorithm>

#include "description/error.hpp"
#include "hw/noc/flit.hpp"
#include "hw/noc/topology.hpp"

namespace moesaic::hw::noc {

namespace {

std::vector<int> radices_of(const std::vector<SwitchLevel>& levels) {
  std::vector<int> radices;
  for (const SwitchLevel& level : levels) {
    if (level.radix < 1 || level.radix >= largest_ports)
      throw InputError("a switch with " + std::to_string(level.radix) + " children: must be 1 to " +
                       std::to_string(largest_ports - 1));
    radices.push_back(level.radix);
  }
  return radices;
}

} // namespace

Topology Topology::tree(int chip_width, int chip_height, int concentration, const std::vector<SwitchLevel>& levels) {
  return tree(1, std::max(1, TreeShape::room(radices_of(levels))), concentration, {chip_width, chip_height, {}}, levels);
}

Topology Topology::tree(int across, int down, int concentration, const Level& chip, const std::vector<SwitchLevel>& levels) {
  const std::vector<int> radices = radices_of(levels);
  const long chips = long{across} * down;
  if (chips > largest_chips)
    throw InputError("a tree of more than " + std::to_string(largest_chips) + " chips is not supported");
  mesh(chip.width, chip.height, concentration); // refuses bad sizes
  if (long{down} * chip.height > largest_side || long{across} * chip.width > largest_side)
    throw InputError("a tree of " + std::to_string(across) + " x " + std::to_string(down) + " chips of " +
                     std::to_string(chip.width) + " x " + std::to_string(chip.height) +
                     " routers: must be at most " + std::to_string(largest_side) + " rows and columns in all");
  Topology tree("tree", across * chip.width, down * chip.height, concentration, false);
  tree.shape_ = TreeShape(static_cast<int>(chips), radices);
  tree.levels_.push_back({chip.width, chip.height, levels.front().link});
  for (const SwitchLevel& level : levels) {
    tree.ports_ = std::max(tree.ports_, level.radix + 1);
    tree.link_classes_.push_back(level.link);
  }
  if (tree.rows() > largest_side)
    throw InputError("a tree of " + std::to_string(tree.routers()) + " routers and switches in rows of " +
                     std::to_string(tree.width()) + ": must be at most " + std::to_string(largest_side) + " rows");
  return tree;
}

int Topology::gateway(int chip) const {
  return router_of(endpoint_of(chip, tree_gateway(chip_width()) * concentration_));
}

int Topology::node_of(int router) const {
  if (is_switch(router))
    return shape_.chips() + router - width_ * height_;
  const int chip = chip_of(endpoint_at(router, 0));
  return gateway(chip) == router ? chip : -1;
}

int Topology::router_of_node(int node) const {
  return node < shape_.chips() ? gateway(node) : width_ * height_ + node - shape_.chips();
}

bool Topology::is_uplink(int router, int port) const {
  if (!is_switch(router))
    return port == north && node_of(router) >= 0;
  const int node = node_of(router);
  return port == shape_.radix(node) && shape_.parent(node) >= 0;
}

int Topology::tree_neighbour(int router, int port) const {
  if (is_uplink(router, port))
    return router_of_node(shape_.parent(node_of(router)));
  if (is_switch(router)) {
    const int node = node_of(router), child = port < shape_.radix(node) ? shape_.child(node, port) : -1;
    return child < 0 ? -1 : router_of_node(child);
  }
  const int x = x_of(router) % chip_width(), y = y_of(router) % chip_height();
  const bool there = (port == east && x + 1 < chip_width()) || (port == west && x > 0) || (port == north && y > 0) ||
                     (port == south && y + 1 < chip_height());
  if (!there)
    return -1;
  return router + (port == east) - (port == west) + width_ * ((port == south) - (port == north));
}

int Topology::tree_opposite(int router, int port) const {
  if (is_uplink(router, port)) // which child of its switch is it?
    return shape_.child_number(node_of(router));
  if (!is_switch(router))
    return port ^ 1;
  const int child = shape_.child(node_of(router), port);
  return child < shape_.chips() ? static_cast<int>(north) : shape_.radix(child);
}

// Up to the lowest switch that both have above them, then down, and rows first in a chip. What has come down leaves the
// gateway along its row and then a column, and no such channel leads to the gateway: so none waits for an uplink, and
// there is no cycle.
int Topology::tree_port(int router, int destination) const {
  const int chip = chip_of(endpoint_at(destination, 0));
  if (is_switch(router)) {
    const int node = node_of(router), child = shape_.towards(node, chip);
    return child < 0 ? shape_.radix(node) : child;
  }
  const int at = chip_of(endpoint_at(router, 0));
  const int to = at == chip ? destination : gateway(at);
  const int dx = x_of(to) - x_of(router), dy = y_of(to) - y_of(router);
  return dx > 0 ? east : dx < 0 ? west : dy > 0 ? south : dy < 0 || at != chip ? north : 0;
}

std::uint8_t Topology::tree_link_class(int router, int port) const {
  if (is_uplink(router, port))
    return static_cast<std::uint8_t>(first_level_link + shape_.level_of(node_of(router)));
  if (!is_switch(router))
    return port >= first_local ? local_link : port <= west ? east_west_link : north_south_link;
  const int node = node_of(router);
  return static_cast<std::uint8_t>(port < shape_.radix(node) ? first_level_link + shape_.level_of(node) - 1 : +local_link);
}

std::string Topology::router_name(int router) const {
  if (!is_tree())
    return "router (" + std::to_string(x_of(router)) + ", " + std::to_string(y_of(router)) + ")";
  if (!is_switch(router))
    return "chip " + std::to_string(chip_of(endpoint_at(router, 0))) + " router (" +
           std::to_string(x_of(router) % chip_width()) + ", " + std::to_string(y_of(router) % chip_height()) + ")";
  const int node = node_of(router);
  return "switch " + std::to_string(shape_.number_of(node)) + " of level " + std::to_string(shape_.level_of(node));
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
