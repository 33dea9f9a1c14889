// The main job: one workload on several machines, each in a worker of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/run.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

struct ComparisonRequest {
  std::string workload;              ///< catalog name or file
  std::vector<std::string> machines; ///< catalog names or files, in the order of the table
  std::vector<int> batches{1};
  std::uint64_t seed = 1;
  std::shared_ptr<const mappings::Mapping> mapping = nullptr; ///< of one of the machines and of the workload
  std::shared_ptr<const mappings::DeviceMapping> devices = nullptr; ///< the same of cards or GPUs
  std::string trace = {};      ///< recorded routing, .h5 or .csv; "": drawn from the seed
  int trace_layer = 0;         ///< of the trace, counted from 0
  std::string checkpoint = {}; ///< for values: weights of this published checkpoint; "": drawn
  int checkpoint_layer = -1;   ///< of the checkpoint; -1: the first MoE layer
  double scale = 1;            ///< of a workload of queries: the part of its symbols and facts
};

/// Reads and checks every description before anything runs. Records come machine by machine, batch by batch,
/// and do not depend on the number of workers. Throws InputError.
results::Run compare(const ComparisonRequest& request);

/// When each unit of each machine was at work in that run, record by record. Throws InputError.
std::vector<results::UnitSpans> compare_units(const ComparisonRequest& request, const results::Run& run,
                                              const results::TraceWindow& window);

/// Real numbers through every machine that has values, beside the reference. GPU baselines are left out.
/// Throws InputError.
std::vector<ValueCheck> compare_values(const ComparisonRequest& request);

/// The checks as a table for a terminal.
std::string value_table(const std::vector<ValueCheck>& checks);

} // namespace moesaic::sim
