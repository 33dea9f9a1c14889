#include "mappings/placement/site_loads.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace moesaic::mappings {

namespace {

Floor grid_of_sites(const Floor& floor) {
  Floor grid = floor;
  if (floor.gateway < 0)
    return grid;
  grid.routers_across = grid.routers_down = 1;
  grid.cores_per_router = grid.chip_cores;
  grid.gateway = 0;
  return grid;
}

} // namespace

SiteLoads::SiteLoads(const Traffic& traffic, const Floor& floor)
    : traffic_(traffic), grid_(grid_of_sites(floor)), tree_(grid_), bundles_of_(traffic.vertices.size()),
      busy_(static_cast<std::size_t>(traffic.phases()),
            std::vector<double>(static_cast<std::size_t>(grid_.links() + grid_.routers()))),
      power_(busy_.size()), flits_(static_cast<std::size_t>(grid_.routers())),
      service_(flits_.size()), seen_(static_cast<std::size_t>(grid_.routers())) {
  for (int slot = 0; slot < grid_.slots(); ++slot)
    site_.push_back(grid_.router_of(slot));
  // A flit to another chip also crosses, on either side, half a chip to the gateway.
  const double inside = floor.gateway < 0 ? 0
                                          : floor.routers_across * floor.east_west.joules +
                                                floor.routers_down * floor.north_south.joules;
  for (int link = 0; link < grid_.links(); ++link) {
    cost_.push_back(grid_.cost_of(link));
    if (floor.tree.empty())
      cost_.back().joules += inside;
    else if (const int node = grid_.node_of_link(link); node >= 0 && node < floor.chips())
      cost_.back().joules += inside / 2;
  }
  bundle_nets();
  double most = 0, slowest = floor.border.occupancy;
  for (const LinkCost& cost : floor.tree_cost)
    slowest = std::max(slowest, cost.occupancy);
  for (const Net& net : traffic.nets)
    most = std::max(most, net.flits * std::max(slowest, net.service));
  scale_ = std::max(most, 1e-18);
}

void SiteLoads::bundle_nets() {
  struct Sent {
    double service = 0;
    std::vector<std::pair<std::int32_t, double>> sources;
  };
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, Sent> by_phase; // cluster, group, phase
  for (const Net& net : traffic_.nets) {
    if (net.flits == 0)
      continue;
    Sent& sent = by_phase[{traffic_.vertices[static_cast<std::size_t>(net.source)].cluster, net.group, net.phase}];
    sent.service = std::max(sent.service, net.service);
    sent.sources.emplace_back(net.source, net.flits);
  }
  // Most of what the hub sends is the same for every token: its way is then followed once for all phases.
  std::map<std::tuple<std::int32_t, std::int32_t, double, std::vector<std::pair<std::int32_t, double>>>, std::size_t> index;
  for (auto& [key, sent] : by_phase) {
    const auto [cluster, group, phase] = key;
    const auto [at, made] = index.try_emplace({cluster, group, sent.service, sent.sources}, bundles_.size());
    if (made)
      bundles_.push_back({group, {}, sent.service, std::move(sent.sources)});
    bundles_[at->second].phases.push_back(phase);
  }
  for (std::size_t b = 0; b < bundles_.size(); ++b) {
    const auto join = [&](std::int32_t vertex) {
      auto& list = bundles_of_[static_cast<std::size_t>(vertex)];
      if (list.empty() || list.back() != static_cast<std::int32_t>(b))
        list.push_back(static_cast<std::int32_t>(b));
    };
    for (const auto& source : bundles_[b].sources)
      join(source.first);
    for (const std::int32_t member : traffic_.groups[static_cast<std::size_t>(bundles_[b].group)])
      join(member);
  }
}

void SiteLoads::occupy(int phase, std::size_t resource, double seconds) {
  const auto eighth = [&](double x) {
    const double squared = x / scale_ * (x / scale_), fourth = squared * squared;
    return fourth * fourth;
  };
  double& busy = busy_[static_cast<std::size_t>(phase)][resource];
  const double before = eighth(busy);
  busy += seconds;
  power_[static_cast<std::size_t>(phase)] += eighth(busy) - before;
}

void SiteLoads::add(std::int32_t index, const Placement& placement, int sign) {
  const Bundle& bundle = bundles_[static_cast<std::size_t>(index)];
  const auto site = [&](std::int32_t vertex) {
    return site_[static_cast<std::size_t>(placement[static_cast<std::size_t>(vertex)])];
  };
  from_.clear();
  to_.clear();
  ++stamp_;
  double sum = 0;
  const auto& members = traffic_.groups[static_cast<std::size_t>(bundle.group)];
  const std::vector<double>* digest = static_cast<std::size_t>(bundle.group) < traffic_.digest.size() &&
                                              !traffic_.digest[static_cast<std::size_t>(bundle.group)].empty()
                                          ? &traffic_.digest[static_cast<std::size_t>(bundle.group)]
                                          : nullptr;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const auto at = static_cast<std::size_t>(site(members[m]));
    if (seen_[at] != stamp_) {
      seen_[at] = stamp_;
      service_[at] = 0;
      to_.push_back(static_cast<std::int32_t>(at));
    }
    service_[at] = std::max(service_[at], digest ? (*digest)[m] : bundle.service);
  }
  for (const auto& [vertex, flits] : bundle.sources) {
    double& here = flits_[static_cast<std::size_t>(site(vertex))];
    if (here == 0)
      from_.push_back(site(vertex));
    here += flits;
    sum += flits;
  }
  for (const std::int32_t target : to_) {
    const double remote = sum - flits_[static_cast<std::size_t>(target)];
    for (std::size_t p = 0; p < bundle.phases.size() && remote > 0; ++p)
      occupy(bundle.phases[p], static_cast<std::size_t>(grid_.links() + target),
             sign * remote * service_[static_cast<std::size_t>(target)] * entry_blocking);
  }
  double weight = 0;
  for (const std::int32_t phase : bundle.phases)
    weight += traffic_.weight_of(phase);
  for (const std::int32_t source : from_) {
    const double flits = sign * flits_[static_cast<std::size_t>(source)];
    flits_[static_cast<std::size_t>(source)] = 0;
    tree_.start(source);
    for (const std::int32_t target : to_)
      tree_.reach(target);
    tree_.links([&](int link, int) {
      const LinkCost& cost = cost_[static_cast<std::size_t>(link)];
      for (const std::int32_t phase : bundle.phases)
        occupy(phase, static_cast<std::size_t>(link), flits * cost.occupancy);
      joules_ += weight * flits * cost.joules;
    });
  }
}

} // namespace moesaic::mappings
