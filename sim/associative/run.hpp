// `moesaic run PROGRAM.yaml --on gemini1`: a user's associative program.
#pragma once

#include <string>

#include "description/document.hpp"
#include "results/record.hpp"
#include "results/trace.hpp"
#include "results/unit_spans.hpp"

namespace moesaic::sim {

/// Reads, checks and runs a program of kind `associative_program` on a described machine. Throws InputError with file, line
/// and column before anything runs.
results::RunRecord run_associative_program(const Document& program, const Document& machine);

/// Cycles, milliseconds and joules with their intervals, and the shares of issue, array, transfer and waiting.
std::string associative_json(const results::RunRecord& record);

/// The same for people.
std::string associative_text(const results::RunRecord& record);

/// Issue, array and transfers of every core. Throws InputError as running it does, and on a bit-serial machine.
results::UnitSpans associative_program_units(const Document& program, const Document& machine, const results::TraceWindow& window);

} // namespace moesaic::sim
