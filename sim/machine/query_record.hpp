// Conjunctive queries on machines: what every record of one has.
#pragma once

#include <cstdint>
#include <string>

#include "results/record.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

/// "hyperon-clique/3-clique".
std::string query_name(const QueryTask& task);

/// A record of the task's workload and query by that name, all else empty.
results::RunRecord query_record(const QueryTask& task);

/// Answers, seconds to make the atoms ready (indexes, or the way to L1), and point queries a second.
void add_query_statistics(results::RunRecord& record, std::uint64_t answers, double ready_seconds, double point_queries);

/// The relation with most facts.
int largest_relation(const workloads::hyperon::Space& space);

} // namespace moesaic::sim
