// Formulas among a sweep's variables: in which order they can be computed, and which a machine depends on.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/variable.hpp"

namespace moesaic::sim::sweep {

/// Reorders `variables` so that each formula stands after what it uses; the file's order is kept otherwise.
/// Throws InputError for an unknown name (with the nearest) and for a circle (naming its members).
void order_formulas(std::vector<Variable>& variables);

/// Whether each variable (ordered) bears on a point of `machine`: it belongs to the machine or the workload,
/// or a formula that does uses it.
std::vector<bool> relevant_to(const std::vector<Variable>& variables, const std::string& machine);

} // namespace moesaic::sim::sweep
