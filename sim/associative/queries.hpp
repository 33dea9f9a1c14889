// Conjunctive queries on an associative processor with bit planes.
#pragma once

#include "hw/associative/description.hpp"
#include "mappings/associative/program.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

/// Plans the query, lowers it and runs it in time; how often each search and each read happens follows from the atoms. Throws
/// InputError for a query that the mappings do not reach.
results::RunRecord answer_associative(const Document& document, const hw::associative::Description& description,
                                      const QueryTask& task);

/// The program that a query is lowered to for that.
mappings::associative::Program query_program(const hw::associative::Description& description, const QueryTask& task);

/// The same program on the bit planes, its answers and the tuples it reads beside the indexed join's. Throws InputError for one
/// that is too long to carry values. The run has a copy of the description.
AnswerRun prepare_associative_answers(const hw::associative::Description& description, const QueryTask& task);

} // namespace moesaic::sim
