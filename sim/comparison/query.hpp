// Workloads of conjunctive queries on machines: one record a machine and query.
#pragma once

#include <string>
#include <vector>

#include "sim/comparison/comparison.hpp"

namespace moesaic::sim {

/// Like compare(), for a workload of `kind: hyperon`; the seed is that of its atoms. What others have published of the queries
/// stands in the notes of the first machine's records. Throws InputError.
results::Run compare_query_workload(const ComparisonRequest& request);

/// As compare_units().
std::vector<results::UnitSpans> query_units(const ComparisonRequest& request, const results::Run& run,
                                            const results::TraceWindow& window);

/// The queries with values on the machines that have them; baselines are left out. Throws InputError.
std::vector<AnswerCheck> check_query_workload(const ComparisonRequest& request);

/// The checks as a table for a terminal.
std::string answer_table(const std::vector<AnswerCheck>& checks);

} // namespace moesaic::sim
