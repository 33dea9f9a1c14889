#include "mappings/placement/route_tree.hpp"

#include <algorithm>

namespace moesaic::mappings {

RouteTree::RouteTree(const Floor& floor)
    : floor_(floor), width_(floor.width()), passed_(static_cast<std::size_t>(floor.tree.nodes())),
      columns_(static_cast<std::size_t>(floor.width())) {}

void RouteTree::start(int source_router) {
  ++tree_;
  source_x_ = left_ = right_ = source_router % width_;
  source_y_ = source_router / width_;
  home_ = floor_.tree.empty() ? 0 : floor_.chip_at(source_router);
  remote_.clear();
}

void RouteTree::reach(int router) {
  if (!floor_.tree.empty() && floor_.chip_at(router) != home_) {
    remote_.push_back(floor_.chip_at(router));
    return;
  }
  const int x = router % width_, y = router / width_;
  left_ = std::min(left_, x);
  right_ = std::max(right_, x);
  Extent& extent = columns_[static_cast<std::size_t>(x)];
  if (extent.tree != tree_)
    extent = {tree_, source_y_, source_y_};
  extent.top = std::min(extent.top, y);
  extent.bottom = std::max(extent.bottom, y);
}

MessageRoute::MessageRoute(const Floor& floor)
    : floor_(floor), tree_(floor), seen_(static_cast<std::size_t>(floor.chips())), last_(seen_.size()) {
  for (int slot = 0; slot < floor.slots(); ++slot)
    router_.push_back(floor.router_of(slot));
}

void MessageRoute::remember(int chip, int member) {
  if (before_.size() <= static_cast<std::size_t>(member))
    before_.resize(static_cast<std::size_t>(member) + 1);
  int& last = last_[static_cast<std::size_t>(chip)];
  if (seen_[static_cast<std::size_t>(chip)] != message_) {
    seen_[static_cast<std::size_t>(chip)] = message_;
    chips_.push_back(chip);
    last = -1;
  }
  before_[static_cast<std::size_t>(member)] = last;
  last = member;
}

} // namespace moesaic::mappings
