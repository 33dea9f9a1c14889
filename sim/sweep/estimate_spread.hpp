// How far estimates and simulations of one kind of point lie apart.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace moesaic::sim::sweep {

/// Ratios of simulated to estimated cost, by objective.
struct Spread {
  std::vector<double> lowest, highest;

  void add(const std::vector<double>& estimate, const std::vector<double>& cost) {
    lowest.resize(cost.size(), INFINITY), highest.resize(cost.size(), -INFINITY);
    for (std::size_t k = 0; k < cost.size(); ++k)
      if (estimate[k] * cost[k] > 0) {
        lowest[k] = std::min(lowest[k], cost[k] / estimate[k]);
        highest[k] = std::max(highest[k], cost[k] / estimate[k]);
      }
  }
  /// The lowest and the highest ratio of any objective; 1 where there is none.
  std::pair<double, double> range() const {
    std::pair<double, double> all{INFINITY, -INFINITY};
    for (std::size_t k = 0; k < lowest.size(); ++k)
      all = {std::min(all.first, lowest[k]), std::max(all.second, highest[k])};
    return all.first <= all.second ? all : std::pair<double, double>{1, 1};
  }
  static constexpr double further = 0.25;      ///< of the range of ratios, on a logarithmic scale, on top of it
  static constexpr double least_margin = 0.02; ///< where all ratios agree

  /// The lowest cost that an estimate may turn out to be; what is maximised has negative costs.
  double optimistic(double estimate, std::size_t k) const {
    if (estimate == 0)
      return 0;
    if (k >= lowest.size() || !(lowest[k] <= highest[k]))
      return -INFINITY; // nothing to go by
    const double margin = std::exp(std::max(further * std::log(highest[k] / lowest[k]), least_margin));
    return estimate > 0 ? estimate * lowest[k] / margin : estimate * highest[k] * margin;
  }
};

} // namespace moesaic::sim::sweep
