// Estimates first, simulations for what they leave: a sweep's points that cannot be best are not simulated.
#pragma once

#include "sim/sweep/engine.hpp"

namespace moesaic::sim::sweep {

struct Screening {
  std::size_t points = 0, simulated = 0, left_out = 0;
  std::size_t now = 0; ///< simulated in this call, not in one before
  double estimating = 0, simulating = 0; ///< seconds of this call
  double lowest = 1, highest = 1; ///< simulated over estimated results, of all points that have both
};

/// Estimates every point (kept in `folder`/estimates), simulates some of each machine, workload and batch to learn how far
/// estimate and simulation lie apart there, and the points that are best by estimate; then, until none is left, those that could
/// still be best if they came out as well, against their estimate, as any of their kind has, and a quarter of the range
/// better. All others are recorded as left out, with their estimate. A point without an estimate is simulated. Throws
/// InputError as run_points() does.
Screening run_screened(const Plan& plan, const Evaluator& evaluate, const Evaluator& estimate, const std::string& folder,
                       const EngineOptions& options);

/// What it saved, for a terminal.
std::string format_screening(const Screening& screening);

} // namespace moesaic::sim::sweep
