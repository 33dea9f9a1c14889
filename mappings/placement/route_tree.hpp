// The multicast tree of a net: along the source's row, then up and down the columns where members are.
#pragma once

#include <vector>

#include "mappings/placement/floor.hpp"

namespace moesaic::mappings {

/// Walks dimension-order trees without allocating. One per thread.
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
  }
  /// Links of the tree.
  int length() const;
  /// Seconds from the source to the farthest destination without contention.
  double latency() const;

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

  struct Extent {
    int tree = 0, top = 0, bottom = 0;
  };
  const Floor* floor_;
  int width_;
  int source_x_ = 0, source_y_ = 0, left_ = 0, right_ = 0, tree_ = 0;
  std::vector<Extent> columns_;
};

} // namespace moesaic::mappings
