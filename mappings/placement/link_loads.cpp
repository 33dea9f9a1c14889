#include <algorithm>
#include <map>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

LinkLoads::LinkLoads(const Traffic& traffic, const Floor& floor)
    : traffic_(&traffic), floor_(&floor), route_(floor),
      loads_(static_cast<std::size_t>(traffic.phases()),
             std::vector<double>(static_cast<std::size_t>(floor.links()))) {
  for (int link = 0; link < floor.links(); ++link)
    cost_.push_back(floor.cost_of(link));
  for (int slot = 0; slot < floor.slots(); ++slot)
    router_.push_back(floor.router_of(slot));
}

void LinkLoads::add(const Net& net, const Placement& placement) {
  if (net.flits == 0)
    return;
  const std::vector<std::int32_t>& members = traffic_->groups[static_cast<std::size_t>(net.group)];
  std::vector<double>& loads = loads_[static_cast<std::size_t>(net.phase)];
  double joules = 0;
  int hops = 0;
  const auto slot = [&](int i) {
    return placement[static_cast<std::size_t>(members[static_cast<std::size_t>(i)])];
  };
  const auto visit = [&](int link, int) {
    loads[static_cast<std::size_t>(link)] += net.flits;
    joules += cost_[static_cast<std::size_t>(link)].joules;
    ++hops;
  };
  if (net.path < 0)
    route_.links(placement[static_cast<std::size_t>(net.source)], static_cast<int>(members.size()), slot, visit);
  else
    for (const auto& [from, to] : traffic_->paths[static_cast<std::size_t>(net.path)])
      visit(floor_->link_between(from, to), -1);
  const double weight = traffic_->weight_of(net.phase);
  joules_ += weight * net.flits * joules;
  flit_hops_ += weight * net.flits * hops;
}

void LinkLoads::add_all(const Placement& placement) {
  for (const Net& net : traffic_->nets)
    add(net, placement);
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
  for (const Net& net : traffic_->nets) {
    if (net.phase != phase || net.flits == 0)
      continue;
    const int from = router_[static_cast<std::size_t>(placement[static_cast<std::size_t>(net.source)])];
    if (net.path >= 0) {
      std::map<int, double> reached{{from, 0}}; // by router: seconds
      for (const auto& [before, next] : traffic_->paths[static_cast<std::size_t>(net.path)])
        longest = std::max(longest, reached[next] = reached[before] + cost_[static_cast<std::size_t>(floor_->link_between(before, next))].latency);
      continue;
    }
    for (const std::int32_t member : traffic_->groups[static_cast<std::size_t>(net.group)]) {
      const int to = router_[static_cast<std::size_t>(placement[static_cast<std::size_t>(member)])];
      longest = std::max(longest, floor_->path_seconds(from, to));
    }
  }
  return longest;
}

} // namespace moesaic::mappings
