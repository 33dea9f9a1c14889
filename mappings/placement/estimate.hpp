// What a placement costs, estimated: a phase takes as long as its busiest link or core, or as its messages take while
// they hold each other up.
#pragma once

#include <algorithm>
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

/// In the objective's own unit.
double objective_value(Objective objective, double seconds, double joules, int chips);

struct PhaseEstimate {
  double weight = 1;        ///< as Traffic::weight_of
  double link_seconds = 0;  ///< the most loaded link
  double core_seconds = 0;  ///< the busiest core, or outer memory of a chip
  double flow_seconds = 0;  ///< messages waiting for links, for room in buffers and for receivers
  double path_seconds = 0;  ///< the longest path, without contention
  int link = -1;            ///< the most loaded link
  double seconds() const { return std::max(std::max(link_seconds, core_seconds) + path_seconds, flow_seconds); }
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

/// How closely messages are followed. fine: in trains of 6 and of 9 messages, and the mean of both, since which message
/// comes first at a router is chance; coarse, for searches: in trains of 16.
enum class Detail { fine, coarse };

/// Deterministic; sums in the order of nets.
Estimate estimate(const Traffic& traffic, const Floor& floor, const Placement& placement, Detail detail = Detail::fine);

/// Streams from several chips to different receivers on one chip enter through its gateway and hold each
/// other up while the receivers are busy: of the time they would take one after the other, this share
/// remains. Fitted to simulations.
constexpr double entry_blocking = 0.85;

/// Flits over each link in each phase, and their energy.
class LinkLoads {
 public:
  LinkLoads(const Traffic& traffic, const Floor& floor);
  void add(const Net& net, const Placement& placement);
  void add_all(const Placement& placement);
  const std::vector<double>& phase(int phase) const { return loads_[static_cast<std::size_t>(phase)]; }
  /// Flits over each link in all phases, by their weights.
  std::vector<double> total() const;
  double joules() const { return joules_; }
  double flit_hops() const { return flit_hops_; }
  /// Longest path of any net in a phase, seconds.
  double longest_path(int phase, const Placement& placement);

 private:
  const Traffic* traffic_;
  const Floor* floor_;
  MessageRoute route_;
  std::vector<LinkCost> cost_; ///< by link
  std::vector<std::vector<double>> loads_;
  std::vector<std::int32_t> router_; ///< by slot
  double joules_ = 0, flit_hops_ = 0;
};

} // namespace moesaic::mappings
