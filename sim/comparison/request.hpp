// Requests on machines: what prefill and decode steps of a whole serving run ask of the model's MoE layers.
#pragma once

#include <string>
#include <vector>

#include "sim/comparison/comparison.hpp"
#include "workloads/request.hpp"

namespace moesaic::sim {

/// What one machine takes for the MoE layers of all requests, one layer after the other.
struct RequestCost {
  std::string machine, kind;
  results::Interval run_seconds;     ///< for all requests, as they are served together
  results::Interval request_seconds; ///< mean over requests, from the first prompt token to the last output token
  results::Interval step_seconds;    ///< one decode step through all MoE layers
  results::Interval joules;          ///< for all requests, the chips of one layer powered at a time
  double resident_joules = 0;        ///< the same with all chips that hold MoE layers powered; 0: not known
  double chips = 0;                  ///< that hold all MoE layers; 0: not known
};

struct RequestComparison {
  workloads::RequestWorkload workload;
  workloads::RequestPlan plan;
  results::Run run;               ///< one record a machine and batch shape, each of one MoE layer
  std::vector<RequestCost> costs; ///< in the order of the machines
};

/// Throws InputError, as compare() does.
RequestComparison compare_requests(const ComparisonRequest& request);

/// As compare_units().
std::vector<results::UnitSpans> request_units(const ComparisonRequest& request, const RequestComparison& comparison,
                                              const results::Run& run, const results::TraceWindow& window);

/// Sums one machine's records, one per batch of the plan, over times and layers.
RequestCost request_cost(const workloads::RequestWorkload& workload, const workloads::RequestPlan& plan,
                         const std::vector<results::RunRecord>& records);

/// The plan, then one row a machine: per request, per token through the layers, per accepted output token.
std::string request_text(const RequestComparison& comparison);

/// The same numbers with their intervals, a row a machine and quantity.
std::string request_csv(const RequestComparison& comparison);

} // namespace moesaic::sim
