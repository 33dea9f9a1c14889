// The finished points of a plan, in its order, and the tables made of them.
#pragma once

#include <vector>

#include "sim/sweep/columns.hpp"
#include "sim/sweep/engine.hpp"
#include "sim/sweep/objective.hpp"

namespace moesaic::sim::sweep {

struct CollectedPoint {
  std::size_t index = 0; ///< in the plan
  std::shared_ptr<const FinishedPoint> result;
  bool feasible = false;     ///< has a result, has all objectives, and meets the requirements
  bool best = false;         ///< on the Pareto front of its workload and batch
  std::vector<double> costs; ///< see costs_of; empty unless feasible
};

/// Reads what is finished of the plan; points of other plans in the same folder are left out.
std::vector<CollectedPoint> collect(const Plan& plan, const Finished& finished);

/// One row a point: its name, status, reason, machine, workload, batch, the variables (in base units where
/// numbers), times, energies with their intervals, what bounds it, objectives, and whether it is on the
/// Pareto front.
Columns points_table(const Plan& plan, const std::vector<CollectedPoint>& points);

/// One row an energy line: point, machine, component, action, kind, count, energy_pJ, low_pJ, high_pJ,
/// figure, source.
Columns energy_table(const Plan& plan, const std::vector<CollectedPoint>& points);

/// One row a statistic: point, name, unit, scope, value.
Columns statistics_table(const std::vector<CollectedPoint>& points);

} // namespace moesaic::sim::sweep
