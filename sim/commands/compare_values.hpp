// `moesaic compare --values`: real numbers, or atoms, through the mapped programs.
#pragma once

#include "sim/comparison/comparison.hpp"

namespace moesaic::sim {

/// Runs the values and prints the verdicts, as a table or as JSON. Throws InputError when no machine has values,
/// and CLI::RuntimeError(1) when one of them differs from the reference.
void check_values(const ComparisonRequest& request, bool of_queries, bool json);

} // namespace moesaic::sim
