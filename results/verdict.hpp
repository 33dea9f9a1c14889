// Who wins, said plainly: also when it is the GPU, and also when the intervals do not settle it.
#pragma once

#include <string>
#include <vector>

#include "results/record.hpp"

namespace moesaic::results {

/// The first record of kind "gpu" with the same workload and batch as `record`; nullptr when there is none.
const RunRecord* baseline_of(const std::vector<RunRecord>& records, const RunRecord& record);

/// One sentence per machine and batch that has a GPU to be compared with, in the records' order, for example
/// "loihi2 against h100, batch 1: h100 wins in latency by 34 (20 to 58); loihi2 wins in energy by 1.4, within
/// the intervals not settled (0.6 to 3.1)."
std::vector<std::string> verdict(const std::vector<RunRecord>& records);

} // namespace moesaic::results
