// `moesaic run PROGRAM.yaml --on gemini1`: a user's associative program.
#pragma once

#include <string>

#include "description/document.hpp"
#include "results/record.hpp"
#include "results/trace.hpp"

namespace moesaic::sim {

/// Reads, checks and runs a program of kind `associative_program` on a described machine. Throws InputError with file, line
/// and column before anything runs.
results::RunRecord run_associative_program(const Document& program, const Document& machine);

/// Cycles, milliseconds and joules with their intervals, and the shares of issue, array, transfer and waiting.
std::string associative_json(const results::RunRecord& record);

/// The same for people.
std::string associative_text(const results::RunRecord& record);

/// The program as Chrome trace JSON, which Perfetto opens: issue, array and transfers of every core on tracks of their own.
/// Spans that touch the window, at most its number of events; `otherData` says where it was cut.
std::string associative_trace(const Document& program, const Document& machine, const results::TraceWindow& window);

} // namespace moesaic::sim
