// What a sweep asks of its points: constraints, requirements and objectives.
#pragma once

#include "description/document.hpp"
#include "sim/sweep/spec.hpp"

namespace moesaic::sim::sweep {

/// Reads `constraints` of the sweep file: those of variables into `spec.constraints`, those of results into
/// `spec.requirements`. The variables must have been read. Throws InputError.
void read_constraints(const Node& root, Spec& spec);

/// Reads `objectives`; without them seconds and joules. Throws InputError.
void read_objectives(const Node& root, Spec& spec);

} // namespace moesaic::sim::sweep
