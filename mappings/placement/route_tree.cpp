#include "mappings/placement/route_tree.hpp"

#include <algorithm>
#include <unordered_map>

namespace moesaic::mappings {

RouteTree::RouteTree(const Floor& floor)
    : floor_(&floor), width_(floor.width()), columns_(static_cast<std::size_t>(floor.width())) {}

void RouteTree::start(int source_router) {
  ++tree_;
  source_x_ = left_ = right_ = source_router % width_;
  source_y_ = source_router / width_;
}

void RouteTree::reach(int router) {
  const int x = router % width_, y = router / width_;
  left_ = std::min(left_, x);
  right_ = std::max(right_, x);
  Extent& extent = columns_[static_cast<std::size_t>(x)];
  if (extent.tree != tree_)
    extent = {tree_, source_y_, source_y_};
  extent.top = std::min(extent.top, y);
  extent.bottom = std::max(extent.bottom, y);
}

int RouteTree::length() const {
  int count = 0;
  links([&](int, int) { ++count; });
  return count;
}

double RouteTree::latency() const {
  double farthest = 0;
  std::unordered_map<int, double> at; // looked up only: its order never shows
  links([&](int link, int parent) {
    const double here = (parent < 0 ? 0 : at[parent]) + floor_->cost_of(link).latency;
    at[link] = here;
    farthest = std::max(farthest, here);
  });
  return farthest;
}

} // namespace moesaic::mappings
