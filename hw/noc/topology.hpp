// Where routers, links and endpoints are: a grid of routers, cut into chips (and boards of chips) whose
// borders are crossed by links of their own width and latency. Mesh, torus, concentrated mesh and grid of
// chips are all of this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace moesaic::hw::noc {

/// The ports of every router: four directions, then one port per endpoint (`first_local` + local number).
enum Port : int { east = 0, west = 1, north = 2, south = 3, first_local = 4 };

/// A kind of link: its timing here, its energy per flit in the description that asks for it.
struct LinkClass {
  std::string name;
  int latency = 1;         ///< cycles on the wire, > 0
  int cycles_per_flit = 1; ///< serialisation: a flit occupies the link this long, > 0
};

/// Link classes that every topology has, in this order; one per hierarchy level ("chip", "board" ...)
/// follows.
enum : std::uint8_t { local_link = 0, east_west_link = 1, north_south_link = 2, first_level_link = 3 };

/// One level of the hierarchy: blocks of `width` x `height` units of the level below (routers at first),
/// whose borders are crossed by links of class `link`.
struct Level {
  int width = 1, height = 1;
  LinkClass link;
};

/// Routers are numbered row by row over the whole grid (x east, y south); endpoint = router * concentration +
/// local.
class Topology {
 public:
  /// `width` x `height` routers, `concentration` endpoints each. All sizes > 0. Throws InputError.
  static Topology mesh(int width, int height, int concentration = 1);
  static Topology torus(int width, int height, int concentration = 1);
  /// A grid of `across` x `down` units of the last level; levels.front() counts routers in a chip. For
  /// example chips(40, 30, 4, {{8, 4, chip_link}}) is 1,200 chips of 8 x 4 routers with 4 cores each.
  static Topology chips(int across, int down, int concentration, const std::vector<Level>& levels);

  const std::string& name() const { return name_; }
  int width() const { return width_; }
  int height() const { return height_; }
  int routers() const { return width_ * height_; }
  int concentration() const { return concentration_; }
  int ports() const { return first_local + concentration_; }
  int endpoints() const { return routers() * concentration_; }
  bool wraps() const { return wraps_; }

  int router_at(int x, int y) const { return y * width_ + x; }
  int x_of(int router) const { return router % width_; }
  int y_of(int router) const { return router / width_; }
  int router_of(int endpoint) const { return endpoint / concentration_; }
  int port_of(int endpoint) const { return first_local + endpoint % concentration_; }
  int endpoint_at(int router, int local) const { return router * concentration_ + local; }

  /// The router that `direction` (east .. south) leads to, or -1 at the edge of a mesh.
  int neighbour(int router, int direction) const;
  /// Class of the link that leaves `router` at `port`.
  std::uint8_t link_class(int router, int port) const;
  const std::vector<LinkClass>& link_classes() const { return link_classes_; }
  LinkClass& link_class_parameters(int index) { return link_classes_[static_cast<std::size_t>(index)]; }

  /// Chips are the blocks of the first level (the whole grid where there is none), numbered row by row.
  int chips() const { return (width_ / chip_width()) * (height_ / chip_height()); }
  int chip_width() const { return levels_.empty() ? width_ : levels_.front().width; }
  int chip_height() const { return levels_.empty() ? height_ : levels_.front().height; }
  int cores_per_chip() const { return chip_width() * chip_height() * concentration_; }
  int chip_of(int endpoint) const;
  /// The endpoint of core `core` (router by router, row by row, within the chip) of chip `chip`.
  int endpoint_of(int chip, int core) const;
  /// The inverse of endpoint_of within its chip.
  int core_of(int endpoint) const;

 private:
  Topology(std::string name, int width, int height, int concentration, bool wraps);
  std::string name_;
  int width_, height_, concentration_;
  bool wraps_;
  std::vector<Level> levels_; ///< sizes in routers, each a multiple of the one before
  std::vector<LinkClass> link_classes_;
};

} // namespace moesaic::hw::noc
