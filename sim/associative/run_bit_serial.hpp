// `moesaic run PROGRAM.yaml --on cape`: an associative program on a bit-serial machine.
#pragma once

#include "description/document.hpp"
#include "results/record.hpp"

namespace moesaic::sim {

/// Reads, checks and counts the program. Throws InputError with file, line and column before anything runs.
results::RunRecord run_bit_serial_program(const Document& program, const Document& machine);

} // namespace moesaic::sim
