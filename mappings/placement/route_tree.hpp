// Multicast trees: along the source's row, then up and down the columns where members are; between chips
// through their gateways where the floor has them, and over the switches of a tree.
#pragma once

#include <algorithm>
#include <vector>

#include "mappings/placement/floor.hpp"

namespace moesaic::mappings {

/// One dimension-order tree; from a gateway to those of other chips, where switches join them, one up and down. Walks
/// without allocating; one per thread.
class RouteTree {
 public:
  explicit RouteTree(const Floor& floor);

  /// Starts a tree at a router.
  void start(int source_router);
  /// Adds a destination; repeated ones cost nothing.
  void reach(int router);

  /// Calls visit(link, parent link or -1) for each link of the tree once, parents first.
  template <class Visit> void links(Visit visit) const {
    row(to_east, source_x_, right_, 1, visit);
    row(to_west, source_x_, left_, -1, visit);
    if (!remote_.empty())
      over_switches(visit);
  }

 private:
  template <class Visit> void row(Direction direction, int from, int to, int step, Visit visit) const {
    int parent = -1;
    if (step > 0)
      column(from, -1, visit);
    for (int x = from; x != to; x += step) {
      const int link = Floor::link_of(source_y_ * width_ + x, direction);
      visit(link, parent);
      parent = link;
      column(x + step, parent, visit);
    }
  }
  template <class Visit> void column(int x, int parent, Visit visit) const {
    const Extent& extent = columns_[static_cast<std::size_t>(x)];
    if (extent.tree != tree_)
      return;
    int above = parent;
    for (int y = source_y_; y > extent.top; --y) {
      const int link = Floor::link_of(y * width_ + x, to_north);
      visit(link, above);
      above = link;
    }
    above = parent;
    for (int y = source_y_; y < extent.bottom; ++y) {
      const int link = Floor::link_of(y * width_ + x, to_south);
      visit(link, above);
      above = link;
    }
  }

  template <class Visit> void over_switches(Visit visit) const {
    const hw::noc::TreeShape& shape = floor_.tree;
    int top = 0, node = home_;
    for (const int chip : remote_)
      top = std::max(top, shape.meet(home_, chip));
    up_.clear();
    for (; static_cast<int>(up_.size()) < top; node = shape.parent(node)) {
      visit(floor_.link_up(node), up_.empty() ? -1 : up_.back());
      up_.push_back(floor_.link_up(node));
    }
    for (const int chip : remote_) {
      const int meet = shape.meet(home_, chip);
      down_.clear();
      int level = 0;
      for (node = chip; level < meet && passed_[static_cast<std::size_t>(node)] != tree_; node = shape.parent(node), ++level) {
        passed_[static_cast<std::size_t>(node)] = tree_;
        down_.push_back(floor_.link_down(node));
      }
      int parent = level == meet ? up_[static_cast<std::size_t>(meet) - 1] : floor_.link_down(node);
      for (; !down_.empty(); down_.pop_back()) {
        visit(down_.back(), parent);
        parent = down_.back();
      }
    }
  }

  struct Extent {
    int tree = 0, top = 0, bottom = 0;
  };
  Floor floor_; ///< small; a copy, as trees outlive some floors
  int width_, home_ = 0;
  std::vector<int> remote_; ///< chips reached over switches
  mutable std::vector<int> up_, down_, passed_; ///< links; by node of the tree: the last tree through it
  int source_x_ = 0, source_y_ = 0, left_ = 0, right_ = 0, tree_ = 0;
  std::vector<Extent> columns_;
};

/// All trees of one message: to members on the same chip and the gateway, between gateways, and from each to
/// its members.
class MessageRoute {
 public:
  explicit MessageRoute(const Floor& floor);

  /// Calls visit(link, parent link or -1) for every link that a message from slot `source` to `members`
  /// (slots, each taken from `slot(i)` for i < count) crosses. A gateway takes the message in and sends it
  /// anew: parents end there.
  template <class Slot, class Visit> void links(int source, int count, Slot slot, Visit visit) {
    const int home = floor_.chip_of(source);
    ++message_;
    tree_.start(router_[static_cast<std::size_t>(source)]);
    chips_.clear();
    for (int i = 0; i < count; ++i) {
      const int to = slot(i), chip = floor_.chip_of(to);
      if (floor_.gateway < 0 || chip == home)
        tree_.reach(router_[static_cast<std::size_t>(to)]);
      else
        remember(chip, i);
    }
    if (chips_.empty())
      return tree_.links(visit);
    tree_.reach(floor_.gateway_of(home));
    tree_.links(visit);
    tree_.start(floor_.gateway_of(home));
    for (const int chip : chips_)
      tree_.reach(floor_.gateway_of(chip));
    tree_.links(visit);
    for (const int chip : chips_) {
      tree_.start(floor_.gateway_of(chip));
      for (int i = last_[static_cast<std::size_t>(chip)]; i >= 0; i = before_[static_cast<std::size_t>(i)])
        tree_.reach(router_[static_cast<std::size_t>(slot(i))]);
      tree_.links(visit);
    }
  }

  /// The chips that the last message reached through their gateways.
  const std::vector<int>& remote_chips() const { return chips_; }

 private:
  /// Chains the members of a remote chip.
  void remember(int chip, int member);

  const Floor& floor_;
  RouteTree tree_;
  std::vector<int> router_; ///< by slot
  std::vector<int> seen_;   ///< by chip: the last message to it
  std::vector<int> last_;   ///< by chip: its last member so far
  std::vector<int> before_; ///< by member: the one before on the same chip, or -1
  std::vector<int> chips_;  ///< remote ones of the message
  int message_ = 0;
};

} // namespace moesaic::mappings
