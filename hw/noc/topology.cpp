#include "hw/noc/topology.hpp"

#include "description/error.hpp"
#include "hw/noc/flit.hpp"

namespace moesaic::hw::noc {

Topology::Topology(std::string name, int width, int height, int concentration, bool wraps)
    : name_(std::move(name)), width_(width), height_(height), concentration_(concentration),
      wraps_(wraps), ports_(first_local + concentration), link_classes_{{"local", 1, 1}, {"east-west", 1, 1}, {"north-south", 1, 1}} {
  if (width < 1 || height < 1 || width > largest_side || height > largest_side)
    throw InputError("a network of " + std::to_string(width) + " x " + std::to_string(height) +
                     " routers: each side must be 1 to " + std::to_string(largest_side));
  if (concentration < 1 || ports() > largest_ports)
    throw InputError("a concentration of " + std::to_string(concentration) +
                     " endpoints per router: must be 1 to " + std::to_string(largest_ports - first_local));
}

Topology Topology::mesh(int width, int height, int concentration) {
  return {concentration > 1 ? "cmesh" : "mesh", width, height, concentration, false};
}

Topology Topology::torus(int width, int height, int concentration) {
  Topology torus("torus", width, height, concentration, true);
  // Folded: every link spans two tiles, as none wraps around the die's edge.
  torus.link_classes_[east_west_link].latency = torus.link_classes_[north_south_link].latency = 2;
  return torus;
}

Topology Topology::chips(int across, int down, int concentration, const std::vector<Level>& levels) {
  long width = across, height = down;
  for (const Level& level : levels) {
    if (level.width < 1 || level.height < 1 || width * level.width > largest_side ||
        height * level.height > largest_side)
      throw InputError("a level of " + std::to_string(level.width) + " x " + std::to_string(level.height) +
                       " blocks: sizes must be positive and the whole grid at most " +
                       std::to_string(largest_side) + " routers a side");
    width *= level.width;
    height *= level.height;
  }
  Topology grid("chips", static_cast<int>(width), static_cast<int>(height), concentration, false);
  int block_width = 1, block_height = 1;
  for (Level level : levels) {
    level.width = block_width *= level.width;
    level.height = block_height *= level.height;
    grid.link_classes_.push_back(level.link);
    grid.levels_.push_back(std::move(level));
  }
  return grid;
}

int Topology::neighbour(int router, int port) const {
  if (is_tree())
    return tree_neighbour(router, port);
  if (port >= first_local)
    return -1;
  int x = x_of(router) + (port == east) - (port == west);
  int y = y_of(router) + (port == south) - (port == north);
  if (wraps_) {
    x = (x + width_) % width_;
    y = (y + height_) % height_;
  }
  if (x < 0 || x >= width_ || y < 0 || y >= height_ || router_at(x, y) == router)
    return -1;
  return router_at(x, y);
}

int Topology::opposite(int router, int port) const {
  return is_tree() ? tree_opposite(router, port) : port ^ 1;
}

int Topology::next_port(int router, int destination) const {
  if (is_tree())
    return tree_port(router, destination);
  const int dx = x_of(destination) - x_of(router), dy = y_of(destination) - y_of(router);
  return dx > 0 ? east : dx < 0 ? west : dy > 0 ? south : dy < 0 ? north : 0;
}

std::uint8_t Topology::link_class(int router, int port) const {
  if (is_tree())
    return tree_link_class(router, port);
  if (port >= first_local)
    return local_link;
  const bool horizontal = port == east || port == west;
  // A link belongs to the outermost level whose border it crosses: the one east or south of `border`.
  const int border = horizontal ? x_of(router) + (port == east) : y_of(router) + (port == south);
  for (std::size_t level = levels_.size(); level-- > 0;) {
    const int side = horizontal ? levels_[level].width : levels_[level].height;
    if (border % side == 0)
      return static_cast<std::uint8_t>(first_level_link + level);
  }
  return horizontal ? east_west_link : north_south_link;
}

int Topology::chip_of(int endpoint) const {
  const int router = router_of(endpoint);
  return y_of(router) / chip_height() * (width_ / chip_width()) + x_of(router) / chip_width();
}

int Topology::endpoint_of(int chip, int core) const {
  const int across = width_ / chip_width(), router = core / concentration_;
  const int x = chip % across * chip_width() + router % chip_width();
  const int y = chip / across * chip_height() + router / chip_width();
  return endpoint_at(router_at(x, y), core % concentration_);
}

int Topology::core_of(int endpoint) const {
  const int router = router_of(endpoint);
  const int within = y_of(router) % chip_height() * chip_width() + x_of(router) % chip_width();
  return within * concentration_ + endpoint % concentration_;
}

} // namespace moesaic::hw::noc
