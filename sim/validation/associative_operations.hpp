// Published cycles of single operations of a Gemini-I, and of parts of kernels, beside our micro-programs.
#pragma once

#include <vector>

#include "description/document.hpp"
#include "hw/associative/operations.hpp"
#include "results/validation.hpp"

namespace moesaic::sim {

/// Each figure is held to the way in which it was measured: many calls back to back, the source's table of whole numbers, or
/// one call alone between two readings of the counters.
void validate_associative_operations(const Document& published, const hw::associative::Description& description,
                                     const hw::associative::OperationSet& operations, std::vector<results::ValidationRow>& rows);

} // namespace moesaic::sim
