// Loads of the links between sites, kept up to date while vertices move. A site is a chip where messages
// between chips pass through gateways, else a router: what lies below it moves loads little and is left to
// the estimate.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

/// What a cluster sends to one group, alike in some phases.
struct Bundle {
  std::int32_t group = 0;
  std::vector<std::int32_t> phases;
  double service = 0;
  std::vector<std::pair<std::int32_t, double>> sources; ///< vertex, flits
};

class SiteLoads {
 public:
  SiteLoads(const Traffic& traffic, const Floor& floor);

  std::size_t bundles() const { return bundles_.size(); }
  /// Bundles in which a vertex takes part, as source or as member.
  const std::vector<std::int32_t>& bundles_of(std::int32_t vertex) const {
    return bundles_of_[static_cast<std::size_t>(vertex)];
  }
  int site_of(int slot) const { return site_[static_cast<std::size_t>(slot)]; }
  /// Adds (sign 1) or takes away (-1) a bundle's flits under `placement`.
  void add(std::int32_t bundle, const Placement& placement, int sign);

  double joules() const { return joules_; }
  double scale() const { return scale_; }
  /// Sum over links and entries of (seconds occupied / scale)^8 in a phase: its eighth root lies close above
  /// the busiest's.
  double power_sum(int phase) const { return power_[static_cast<std::size_t>(phase)]; }

 private:
  void bundle_nets();
  void occupy(int phase, std::size_t resource, double seconds);
  const Traffic& traffic_;
  Floor grid_; ///< one router per site
  RouteTree tree_;
  std::vector<std::int32_t> site_; ///< by slot
  std::vector<LinkCost> cost_;     ///< by link between sites
  std::vector<Bundle> bundles_;
  std::vector<std::vector<std::int32_t>> bundles_of_;
  std::vector<std::vector<double>> busy_; ///< by phase: seconds of links, then of entries
  std::vector<double> power_;
  double joules_ = 0, scale_ = 1;
  std::vector<double> flits_; ///< by site, of the bundle at hand
  std::vector<double> service_; ///< by site: of its slowest member
  std::vector<std::int32_t> from_, to_, seen_;
  std::int32_t stamp_ = 0;
};

} // namespace moesaic::mappings
