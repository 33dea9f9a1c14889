// What a placement costs, estimated from link loads: a phase takes as long as its busiest link or core.
#pragma once

#include <cstdint>
#include <vector>

#include "mappings/placement/floor.hpp"
#include "mappings/placement/route_tree.hpp"
#include "mappings/placement/traffic.hpp"

namespace moesaic::mappings {

/// The slot of each vertex.
using Placement = std::vector<std::int32_t>;

enum class Objective { latency, energy, energy_delay, chips };

/// Names on the command line, in the order of the enum: latency, energy, energy-delay, chips.
const std::vector<std::string>& objective_names();

struct PhaseEstimate {
  double link_seconds = 0; ///< the most loaded link
  double core_seconds = 0; ///< the busiest core
  double path_seconds = 0; ///< the longest path, without contention
  int link = -1;           ///< the most loaded link
  double seconds() const {
    return (link_seconds > core_seconds ? link_seconds : core_seconds) + path_seconds;
  }
};

struct Estimate {
  std::vector<PhaseEstimate> phases;
  double seconds = 0;
  double network_joules = 0; ///< flits over links
  double static_joules = 0;  ///< chips in use over `seconds`
  int chips = 0;             ///< that hold a vertex
  double flit_hops = 0;
  double joules() const { return network_joules + static_joules; }
  /// In the objective's own unit: s, J, J s, chips.
  double value(Objective objective) const;
};

/// Throws InputError where a placement is of the wrong size, outside the floor, or puts two vertices into one
/// slot.
void check_placement(const Traffic& traffic, const Floor& floor, const Placement& placement);

/// Deterministic; sums in the order of nets.
Estimate estimate(const Traffic& traffic, const Floor& floor, const Placement& placement);

/// Flits over each link in each phase, and their energy; kept up to date while vertices move.
class LinkLoads {
 public:
  LinkLoads(const Traffic& traffic, const Floor& floor);
  /// Adds (sign 1) or takes away (-1) the flits of a net under `placement`.
  void add(int net, const Placement& placement, int sign);
  void add_all(const Placement& placement);
  const std::vector<double>& phase(int phase) const { return loads_[static_cast<std::size_t>(phase)]; }
  /// Flits over each link in all phases, by their weights.
  std::vector<double> total() const;
  double joules() const { return joules_; }
  double flit_hops() const { return flit_hops_; }
  /// Sum over links of (seconds occupied / scale)^8 in a phase: its eighth root lies close above the busiest
  /// link's.
  double power_sum(int phase) const { return power_[static_cast<std::size_t>(phase)]; }
  double scale() const { return scale_; }
  /// Longest path of any net in a phase, seconds.
  double longest_path(int phase, const Placement& placement);

 private:
  const Traffic* traffic_;
  const Floor* floor_;
  MessageRoute route_;
  std::vector<LinkCost> cost_; ///< by link
  std::vector<std::vector<double>> loads_;
  std::vector<double> power_;
  std::vector<std::int32_t> router_; ///< by slot
  double joules_ = 0, flit_hops_ = 0, scale_ = 1;
};

} // namespace moesaic::mappings
