// Points run on the real machines.
#pragma once

#include "sim/sweep/engine.hpp"

namespace moesaic::sim::sweep {

/// Makes each point's machine, layer and routing trace, and runs it. What neighbouring points share is kept
/// between them, per worker.
Evaluator machine_evaluator();

/// The same by each machine's estimate, without simulating.
Evaluator machine_estimator();

/// Makes the machines and layers of the plan's points, of each variable's values up to 64, before anything runs. Throws
/// InputError for a point that cannot be, with the reason, and where of a machine no point tried holds its layer. Of a
/// sensitivity sweep the nominal points are tried; a search's points are not known yet.
void check_points(const Plan& plan);

/// The constants that each machine of the plan reads, with their intervals; in the order of the inputs.
std::vector<std::vector<Figure>> machine_figures(const Inputs& inputs);

} // namespace moesaic::sim::sweep
