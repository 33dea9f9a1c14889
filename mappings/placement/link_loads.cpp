#include <algorithm>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

LinkLoads::LinkLoads(const Traffic& traffic, const Floor& floor)
    : traffic_(&traffic), floor_(&floor), route_(floor),
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

static double eighth_power(double x) {
  const double squared = x * x, fourth = squared * squared;
  return fourth * fourth;
}

void LinkLoads::add(int net_index, const Placement& placement, int sign) {
  const Net& net = traffic_->nets[static_cast<std::size_t>(net_index)];
  if (net.flits == 0)
    return;
  const std::vector<std::int32_t>& members = traffic_->groups[static_cast<std::size_t>(net.group)];
  std::vector<double>& loads = loads_[static_cast<std::size_t>(net.phase)];
  double power = 0, joules = 0;
  int hops = 0;
  const double flits = sign * net.flits;
  const auto slot = [&](int i) {
    return placement[static_cast<std::size_t>(members[static_cast<std::size_t>(i)])];
  };
  route_.links(placement[static_cast<std::size_t>(net.source)], static_cast<int>(members.size()), slot,
               [&](int link, int) {
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
  const double weight = traffic_->weight_of(net.phase);
  joules_ += weight * flits * joules;
  flit_hops_ += weight * flits * hops;
}

void LinkLoads::add_all(const Placement& placement) {
  for (std::size_t net = 0; net < traffic_->nets.size(); ++net)
    add(static_cast<int>(net), placement, 1);
}

std::vector<double> LinkLoads::total() const {
  std::vector<double> sum(static_cast<std::size_t>(floor_->links()));
  for (std::size_t phase = 0; phase < loads_.size(); ++phase)
    for (std::size_t link = 0; link < sum.size(); ++link)
      sum[link] += traffic_->weight_of(static_cast<int>(phase)) * loads_[phase][link];
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
