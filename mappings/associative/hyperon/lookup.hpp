// Look-ups on an associative processor: the bindings lie in columns, one in each, and every clause is one look-up for all.
#pragma once

#include <cstdint>

#include "mappings/associative/program.hpp"
#include "workloads/hyperon/lookups.hpp"

namespace moesaic::mappings::associative {

using workloads::hyperon::LookupPlan;
using workloads::hyperon::Query;
using workloads::hyperon::Space;

/// The first bindings stand in L1, a slot a field and vector, dealt to the cores in equal parts; tables are streamed from L3.
/// Throws InputError where L1 or L3 is too small.
Program lower_lookups(const hw::associative::Description& description, const Space& space, const Query& query,
                      const LookupPlan& plan);

/// Runs that program with values; the number of answers.
std::uint64_t run_lookups(const hw::associative::Description& description, const Space& space, const LookupPlan& plan,
                          const Program& program);

} // namespace moesaic::mappings::associative
