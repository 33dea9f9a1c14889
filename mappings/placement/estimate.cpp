#include "mappings/placement/estimate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/placement/message_flow.hpp"

namespace moesaic::mappings {

const std::vector<std::string>& objective_names() {
  static const std::vector<std::string> names{"latency", "energy", "energy-delay", "chips"};
  return names;
}

double objective_value(Objective objective, double seconds, double joules, int chips) {
  switch (objective) {
  case Objective::latency:
    return seconds;
  case Objective::energy:
    return joules;
  case Objective::energy_delay:
    return joules * seconds;
  default:
    return chips;
  }
}

double Estimate::value(Objective objective) const {
  return objective_value(objective, seconds, joules(), chips);
}

void check_placement(const Traffic& traffic, const Floor& floor, const Placement& placement) {
  if (static_cast<int>(placement.size()) != traffic.size())
    throw InputError(
        fmt::format("placement: {} vertices placed, there are {}", placement.size(), traffic.size()));
  std::vector<std::int32_t> holder(static_cast<std::size_t>(floor.slots()), -1);
  for (std::size_t v = 0; v < placement.size(); ++v) {
    const std::int32_t slot = placement[v];
    if (slot < 0 || slot >= floor.slots())
      throw InputError(fmt::format("placement: vertex {} in slot {}, there are {}", v, slot, floor.slots()));
    std::int32_t& first = holder[static_cast<std::size_t>(slot)];
    if (first >= 0)
      throw InputError(fmt::format("placement: vertices {} and {} both in slot {}", first, v, slot));
    first = static_cast<std::int32_t>(v);
  }
}

static int chips_used(const Floor& floor, const Placement& placement) {
  std::vector<bool> used(static_cast<std::size_t>(floor.chips()));
  for (const std::int32_t slot : placement)
    used[static_cast<std::size_t>(floor.chip_of(slot))] = true;
  return static_cast<int>(std::count(used.begin(), used.end(), true));
}

/// Seconds of the chip whose outer memory is busy for longest.
static double busiest_memory(const Floor& floor, const Placement& placement, const std::vector<double>& fetched) {
  std::vector<double> chips(static_cast<std::size_t>(floor.chips()));
  for (std::size_t v = 0; v < placement.size(); ++v)
    chips[static_cast<std::size_t>(floor.chip_of(placement[v]))] += fetched[v];
  return *std::max_element(chips.begin(), chips.end());
}

static double mean_flow(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets,
                        const Placement& placement, Detail detail) {
  if (detail == Detail::coarse)
    return flow_seconds(traffic, floor, nets, placement, 16);
  return (flow_seconds(traffic, floor, nets, placement, 6) + flow_seconds(traffic, floor, nets, placement, 9)) / 2;
}

Estimate estimate(const Traffic& traffic, const Floor& floor, const Placement& placement, Detail detail) {
  LinkLoads loads(traffic, floor);
  loads.add_all(placement);
  Estimate result;
  result.chips = chips_used(floor, placement);
  result.network_joules = loads.joules();
  result.flit_hops = loads.flit_hops();
  std::vector<std::vector<std::int32_t>> nets(static_cast<std::size_t>(traffic.phases()));
  for (std::size_t n = 0; n < traffic.nets.size(); ++n)
    nets[static_cast<std::size_t>(traffic.nets[n].phase)].push_back(static_cast<std::int32_t>(n));
  for (int phase = 0; phase < traffic.phases(); ++phase) {
    PhaseEstimate one;
    one.weight = traffic.weight_of(phase);
    const std::vector<double>& flits = loads.phase(phase);
    for (int link = 0; link < floor.links(); ++link) {
      const double seconds = flits[static_cast<std::size_t>(link)] * floor.cost_of(link).occupancy;
      if (seconds > one.link_seconds) {
        one.link_seconds = seconds;
        one.link = link;
      }
    }
    one.flow_seconds = mean_flow(traffic, floor, nets[static_cast<std::size_t>(phase)], placement, detail);
    if (static_cast<std::size_t>(phase) < traffic.busy.size())
      for (const double seconds : traffic.busy[static_cast<std::size_t>(phase)])
        one.core_seconds = std::max(one.core_seconds, seconds);
    if (static_cast<std::size_t>(phase) < traffic.fetched.size())
      one.core_seconds = std::max(one.core_seconds, busiest_memory(floor, placement, traffic.fetched[static_cast<std::size_t>(phase)]));
    one.path_seconds = loads.longest_path(phase, placement);
    result.seconds += one.weight * one.seconds();
    result.phases.push_back(one);
  }
  result.seconds += floor.fixed_seconds;
  result.static_joules = floor.watts() * result.seconds;
  return result;
}

} // namespace moesaic::mappings
