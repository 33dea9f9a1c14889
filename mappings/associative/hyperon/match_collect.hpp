// How the cores of a match bring together what each has found.
#pragma once

#include <cstdint>

#include "mappings/associative/builder.hpp"

namespace moesaic::mappings::associative {

constexpr int sum_low = 8, sum_high = 9; // vectors in which each column counts
constexpr std::int64_t chunk = 512 * 1024; ///< bytes of bindings that a core keeps in L3 at a time
constexpr std::int64_t binding_bytes = 4;

/// Brings bindings into L3, a chunk at a time.
void fetch(ProgramBuilder& b, std::int64_t bytes);

/// All cores get what all have read, and file it under what comes next.
void exchange(ProgramBuilder& b, int cores, std::int64_t results, int shares);

/// The columns' sums, bit by bit, then the cores'.
void sum(ProgramBuilder& b, int cores);

} // namespace moesaic::mappings::associative
