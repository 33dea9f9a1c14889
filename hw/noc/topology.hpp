// Where routers, links and endpoints are: a grid of routers, cut into chips (and boards of chips) whose
// borders are crossed by links of their own width and latency. Mesh, torus, concentrated mesh and grid of
// chips are all of this. A tree of chips has no links over the borders, and switches above the chips instead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/noc/tree_shape.hpp"

namespace moesaic::hw::noc {

/// The ports of every router: four directions, then one port per endpoint (`first_local` + local number). The
/// switches of a tree have no endpoints: their ports are the children, in order, and then the parent.
enum Port : int { east = 0, west = 1, north = 2, south = 3, first_local = 4 };

/// A kind of link: its timing here, its energy per flit in the description that asks for it.
struct LinkClass {
  std::string name;
  int latency = 1;         ///< cycles on the wire, > 0
  int cycles_per_flit = 1; ///< serialisation: a flit occupies the link this long, > 0
  int depth = 0; ///< flits per virtual channel of the buffer at its end; 0: as many as the network's others
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

/// One level of a tree's switches: each has `radix` children, chips or switches of the level below, on links of
/// class `link`.
struct SwitchLevel {
  int radix = 2; ///< > 0
  LinkClass link;
};

/// Routers are numbered row by row over the whole grid (x east, y south); endpoint = router * concentration +
/// local. In a tree the chips stand in such a grid too, and the switches follow, level by level.
class Topology {
 public:
  /// `width` x `height` routers, `concentration` endpoints each. All sizes > 0. Throws InputError.
  static Topology mesh(int width, int height, int concentration = 1);
  static Topology torus(int width, int height, int concentration = 1);
  /// A grid of `across` x `down` units of the last level; levels.front() counts routers in a chip. For
  /// example chips(40, 30, 4, {{8, 4, chip_link}}) is 1,200 chips of 8 x 4 routers with 4 cores each.
  static Topology chips(int across, int down, int concentration, const std::vector<Level>& levels);
  /// Chips of `chip_width` x `chip_height` routers as the leaves of a tree of switches, the lowest level first; the
  /// last level is one switch, the root. The middle router of a chip's first row is its gateway: its north port leads
  /// to the chip's switch. As many chips as the switches have room for, one below the other.
  static Topology tree(int chip_width, int chip_height, int concentration, const std::vector<SwitchLevel>& levels);
  /// The same with `across` x `down` chips, numbered row by row: leaf k of the tree is chip k. The last switches may have
  /// fewer children. Of `chip` the size is taken.
  static Topology tree(int across, int down, int concentration, const Level& chip, const std::vector<SwitchLevel>& levels);
  /// The router of a tree's chip whose north port leads to a switch, as its number within the chip.
  static int tree_gateway(int chip_width) { return (chip_width - 1) / 2; }

  const std::string& name() const { return name_; }
  int width() const { return width_; }
  int height() const { return height_; }
  int routers() const { return width_ * height_ + shape_.switches(); }
  int concentration() const { return concentration_; }
  int ports() const { return ports_; } ///< of the router with the most
  int endpoints() const { return width_ * height_ * concentration_; }
  bool wraps() const { return wraps_; }
  bool is_tree() const { return !shape_.empty(); }
  const TreeShape& tree_shape() const { return shape_; } ///< empty but for a tree
  bool is_switch(int router) const { return router >= width_ * height_; }
  /// Rows that x_of and y_of tell apart: those of the grid and those that a tree's switches take.
  int rows() const { return (routers() + width_ - 1) / width_; }

  int router_at(int x, int y) const { return y * width_ + x; }
  int x_of(int router) const { return router % width_; }
  int y_of(int router) const { return router / width_; }
  int router_of(int endpoint) const { return endpoint / concentration_; }
  int port_of(int endpoint) const { return first_local + endpoint % concentration_; }
  int endpoint_at(int router, int local) const { return router * concentration_ + local; }

  /// True for a port that leads to an endpoint.
  bool is_local(int router, int port) const {
    return port >= first_local && port < first_local + concentration_ && !is_switch(router);
  }
  /// The router that `port` (not a local one) leads to, or -1 at the edge of a mesh and where there is no link.
  int neighbour(int router, int port) const;
  /// The port of the neighbour behind `port` that leads back.
  int opposite(int router, int port) const;
  /// The output on the way to router `destination` (which has endpoints): dimension order on a grid, and on a tree up
  /// to the lowest switch above both, and down. 0 where `destination` is `router`.
  int next_port(int router, int destination) const;
  std::string router_name(int router) const; ///< "router (3, 1)", "switch 2 of level 1"
  std::string port_name(int router, int port) const;
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
  // A port of a tree that leads to or from a switch.
  int tree_neighbour(int router, int port) const;
  int tree_opposite(int router, int port) const;
  int tree_port(int router, int destination) const;
  std::uint8_t tree_link_class(int router, int port) const;
  bool is_uplink(int router, int port) const; ///< of a gateway or a switch
  int gateway(int chip) const; ///< a router
  int node_of(int router) const; ///< of the tree: a switch, or the chip whose gateway it is; -1: another router
  int router_of_node(int node) const;
  std::string name_;
  int width_, height_, concentration_;
  bool wraps_;
  int ports_;
  TreeShape shape_; ///< of a tree
  std::vector<Level> levels_; ///< sizes in routers, each a multiple of the one before
  std::vector<LinkClass> link_classes_;
};

} // namespace moesaic::hw::noc
