// Multi-objective search: NSGA-II of pagmo2, every generation run by the engine.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/engine.hpp"

namespace moesaic::sim::sweep {

/// Refuses what a search cannot do: several workloads or batches, nothing to vary, too many points, a build
/// without pagmo2. Throws InputError.
void check_search(const Spec& spec, double allowed);

/// Searches for designs on the Pareto front of the spec's objectives and returns every point it ran, in
/// order, without repetition. With several machines, which of them is one more variable. Designs that break a
/// constraint are not run; they, and points without a result, count as worse than all others. The same seed
/// walks the same way, so a search that was killed goes on where it was when started again: its finished
/// points are read, not run.
std::vector<Point> run_search(const Plan& space, const Evaluator& evaluate, const std::string& folder,
                              const std::string& version, const EngineOptions& options);

} // namespace moesaic::sim::sweep
