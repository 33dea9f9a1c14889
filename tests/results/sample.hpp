// Made-up records for the tests: of the shape and size that real ones have, with figures that mean nothing.
#pragma once

#include "results/run.hpp"

namespace moesaic::results::sample {

/// A neuromorphic system, an associative processor and a GPU with one MoE layer, each with everything a
/// record can hold.
std::vector<RunRecord> three_machines(int tokens = 1);

/// Those three as a run with inputs; hostile texts (markup, quotes, commas, line ends) stand in notes and
/// titles.
Run run();

/// The three machines with each of these batches.
Run batches(const std::vector<int>& tokens);

/// One run of `points` small records, as a sweep makes them.
Run sweep(int points);

} // namespace moesaic::results::sample
