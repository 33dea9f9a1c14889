// Who wins, said plainly: also when it is the GPU, and also when the intervals do not settle it.
#pragma once

#include <string>
#include <vector>

#include "results/record.hpp"

namespace moesaic::results {

/// Names of the statistics that tell what a whole model takes: chips that hold all its MoE layers, and a layer's
/// energy with the idle power of all of them, joules for the batch.
inline constexpr const char* model_chips = "chips_for_all_layers";
inline constexpr const char* model_joules = "joules_all_layers_powered";

/// Name of the statistic that tells a query's answers: records that have it are of queries, the others of layers.
inline constexpr const char* query_answers = "answers";

/// Whether machines of this kind are what others are compared with: "gpu" and "cpu".
bool is_baseline(const std::string& kind);
/// "the CPU" for a baseline of kind "cpu", else the machine's name.
std::string baseline_name(const RunRecord& record);
/// The query's name, behind the workload's; "" for a layer.
std::string query_of(const RunRecord& record);

/// The process node that a machine was scaled to, as its name ends: "4nm" of "loihi2@4nm"; "" for one as built.
std::string node_of(const std::string& machine);

/// The first baseline with the same workload, batch and process node (as built beside as built) as `record`; nullptr
/// when there is none.
const RunRecord* baseline_of(const std::vector<RunRecord>& records, const RunRecord& record);

/// One sentence per machine and batch, or query, that has a baseline, in the records' order; of several baselines
/// the better one in latency, and the better one in energy. For example "loihi2 against h100, batch 1. Latency:
/// h100 wins by 34 times (20 to 58); energy: loihi2 wins by 1.4 times (0.60 to 3.1), not settled within the
/// intervals."
std::vector<std::string> verdict(const std::vector<RunRecord>& records);

} // namespace moesaic::results
