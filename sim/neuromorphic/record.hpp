// A neuromorphic system's runs as a run record.
#pragma once

#include <cstdint>
#include <string>

#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/moe_plan.hpp"
#include "results/record.hpp"

namespace moesaic::sim {

/// What was simulated of a batch. All three hold the same program.
struct NeuromorphicRuns {
  hw::SystemRun nominal;         ///< the first `simulated` tokens
  int simulated = 1, tokens = 1; ///< beyond `simulated`, the steady time and counts per token are continued
  double fast = 1, slow = 1;     ///< time at the ends of all figures' intervals over nominal time
};

/// Everything of the record but the machine's and the workload's names; a brief one has no stages, constants, pictures and
/// notes.
results::RunRecord record_neuromorphic_run(const Document& document, const hw::Chip& chip,
                                           const hw::Program& program, const workloads::MoeLayer& layer,
                                           const NeuromorphicRuns& runs, bool brief);

/// What a time step does of a single token ("router scores"), else its number.
std::string step_name(int tokens, std::int64_t step);

/// Seconds of a whole batch: the simulated steps, and for each further token the mean time of the steps in which
/// every stage had a token; low and high with the fastest and the slowest of these.
results::Interval batch_seconds(const NeuromorphicRuns& runs);

} // namespace moesaic::sim
