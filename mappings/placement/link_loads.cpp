#include <algorithm>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

LinkLoads::LinkLoads(const Traffic& traffic, const Floor& floor)
    : traffic_(&traffic), floor_(&floor), tree_(floor),
      loads_(static_cast<std::size_t>(traffic.phases()),
             std::vector<double>(static_cast<std::size_t>(floor.links()))),
      power_(loads_.size()) {
  for (int link = 0; link < floor.links(); ++link)
    cost_.push_back(floor.cost_of(link));
  for (int slot = 0; slot < floor.slots(); ++slot)
    router_.push_back(floor.router_of(slot));
  double flits = 0;
  for (const Net& net : traffic.nets)
    flits = std::max(flits, net.flits);
  const double occupancy =
      std::max({floor.east_west.occupancy, floor.north_south.occupancy, floor.border.occupancy});
  scale_ = std::max(flits * occupancy, 1e-18);
}

void LinkLoads::route(const Net& net, const Placement& placement) {
  tree_.start(router_[static_cast<std::size_t>(placement[static_cast<std::size_t>(net.source)])]);
  for (const std::int32_t member : traffic_->groups[static_cast<std::size_t>(net.group)])
    tree_.reach(router_[static_cast<std::size_t>(placement[static_cast<std::size_t>(member)])]);
}

static double eighth_power(double x) {
  const double squared = x * x, fourth = squared * squared;
  return fourth * fourth;
}

void LinkLoads::add(int net_index, const Placement& placement, int sign) {
  const Net& net = traffic_->nets[static_cast<std::size_t>(net_index)];
  if (net.flits == 0)
    return;
  route(net, placement);
  std::vector<double>& loads = loads_[static_cast<std::size_t>(net.phase)];
  double power = 0, joules = 0;
  int hops = 0;
  const double flits = sign * net.flits;
  tree_.links([&](int link, int) {
    const LinkCost& cost = cost_[static_cast<std::size_t>(link)];
    double& load = loads[static_cast<std::size_t>(link)];
    const double unit = cost.occupancy / scale_;
    power -= eighth_power(load * unit);
    load += flits;
    power += eighth_power(load * unit);
    joules += cost.joules;
    ++hops;
  });
  power_[static_cast<std::size_t>(net.phase)] += power;
  joules_ += flits * joules;
  flit_hops_ += flits * hops;
}

void LinkLoads::add_all(const Placement& placement) {
  for (std::size_t net = 0; net < traffic_->nets.size(); ++net)
    add(static_cast<int>(net), placement, 1);
}

std::vector<double> LinkLoads::total() const {
  std::vector<double> sum(static_cast<std::size_t>(floor_->links()));
  for (const auto& phase : loads_)
    for (std::size_t link = 0; link < sum.size(); ++link)
      sum[link] += phase[link];
  return sum;
}

double LinkLoads::longest_path(int phase, const Placement& placement) {
  double longest = 0;
  const int width = floor_->width();
  const auto along = [](int from, int to, int routers, const LinkCost& inside, const LinkCost& border) {
    const int low = std::min(from, to), high = std::max(from, to);
    const int borders = high / routers - low / routers;
    return (high - low - borders) * inside.latency + borders * border.latency;
  };
  for (const Net& net : traffic_->nets) {
    if (net.phase != phase || net.flits == 0)
      continue;
    const int from = router_[static_cast<std::size_t>(placement[static_cast<std::size_t>(net.source)])];
    for (const std::int32_t member : traffic_->groups[static_cast<std::size_t>(net.group)]) {
      const int to = router_[static_cast<std::size_t>(placement[static_cast<std::size_t>(member)])];
      longest = std::max(
          longest,
          along(from % width, to % width, floor_->routers_across, floor_->east_west, floor_->border) +
              along(from / width, to / width, floor_->routers_down, floor_->north_south, floor_->border));
    }
  }
  return longest;
}

} // namespace moesaic::mappings
