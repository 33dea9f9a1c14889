// Designs of a search as vectors in a unit cube.
#pragma once

#include <optional>
#include <vector>

#include "sim/sweep/engine.hpp"

namespace moesaic::sim::sweep {

/// Turns vectors into points, runs those not finished, and remembers all.
class SearchSpace {
 public:
  SearchSpace(const Plan& space, const Evaluator& evaluate, std::string folder, std::string version,
              EngineOptions options);

  /// One for the machine where there are several, and one for each variable that is no formula.
  std::size_t dimensions() const { return axes_.size() + (machines_ > 1 ? 1 : 0); }
  std::size_t objectives() const { return space_.spec.objectives.size(); }

  /// The costs of each design, smaller is better; what has none costs `worst` in each.
  std::vector<std::vector<double>> costs(const std::vector<std::vector<double>>& designs);
  static constexpr double worst = 1e300;

  const std::vector<Point>& points() const { return points_; }

 private:
  std::optional<Point> point_at(const std::vector<double>& design) const;

  const Plan& space_;
  const Evaluator& evaluate_;
  std::string folder_, version_;
  EngineOptions options_;
  FinishedReader finished_;
  std::size_t machines_;
  std::vector<std::size_t> axes_;                              ///< indices in the spec's variables
  std::vector<Point> points_;                                  ///< all that were run or read
  std::unordered_map<std::string, std::vector<double>> known_; ///< costs by a point's name
};

} // namespace moesaic::sim::sweep
