// Points run on the real machines.
#pragma once

#include "sim/sweep/engine.hpp"

namespace moesaic::sim::sweep {

/// Makes each point's machine, layer and routing trace, and runs it. What neighbouring points share is kept
/// between them, per worker.
Evaluator machine_evaluator();

/// The constants that each machine of the plan reads, with their intervals; in the order of the inputs.
std::vector<std::vector<Figure>> machine_figures(const Inputs& inputs);

} // namespace moesaic::sim::sweep
