#include "sim/comparison/request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "results/statistic.hpp"
#include "results/verdict.hpp"
#include "sim/comparison/run.hpp"

namespace moesaic::sim {

namespace {

using results::Interval;
using results::statistic_value;

void add(Interval& sum, const Interval& term, double times) {
  sum.nominal += times * term.nominal;
  sum.low += times * term.low;
  sum.high += times * term.high;
}

/// How many requests are under way while a batch runs, so that the mean time of a request is what Little's law
/// gives. A prefill that shares its batch with a decode step is one more than decode together; one that has its
/// batch alone fills the place that a finished request left, and the others wait for it.
double requests_waiting(const workloads::RequestWorkload& workload, const workloads::RequestBatch& batch) {
  if (batch.decode_tokens > 0)
    return workload.concurrent + (batch.tokens > batch.decode_tokens ? 1 : 0);
  return workload.mixed ? 1 : workload.concurrent; // mixed and alone: nobody is left to decode
}

} // namespace

RequestCost request_cost(const workloads::RequestWorkload& workload, const workloads::RequestPlan& plan,
                         const std::vector<results::RunRecord>& records) {
  RequestCost cost;
  cost.machine = records.front().machine;
  cost.kind = records.front().kind;
  const double layers = workload.layer.moe_layers();
  bool resident = true;
  for (std::size_t b = 0; b < plan.batches.size(); ++b) {
    const auto& batch = plan.batches[b];
    const auto& record = records[b];
    const double times = batch.times * layers;
    add(cost.run_seconds, record.seconds, times);
    add(cost.request_seconds, record.seconds, times * requests_waiting(workload, batch) / workload.requests);
    add(cost.joules, record.joules, times);
    cost.resident_joules += times * statistic_value(record, results::model_joules);
    cost.chips = std::max(cost.chips, statistic_value(record, results::model_chips));
    resident = resident && statistic_value(record, results::model_joules) > 0;
    if (batch.name == "decode" || (batch.decode_tokens > 0 && cost.step_seconds.nominal == 0)) {
      cost.step_seconds = {};
      add(cost.step_seconds, record.seconds, layers);
    }
  }
  if (!resident)
    cost.resident_joules = 0;
  return cost;
}

RequestComparison compare_requests(const ComparisonRequest& request) {
  RequestComparison comparison;
  comparison.workload = workloads::load_request(request.workload);
  comparison.plan = workloads::plan_requests(comparison.workload, request.seed);
  const auto& batches = comparison.plan.batches;
  const auto traces = workloads::batch_traces(comparison.workload, comparison.plan, request.seed);
  Comparison machines = prepare(request);
  machines.run.title = fmt::format("{}: one MoE layer for each batch shape", comparison.workload.title);
  const auto task = [&](std::size_t i) { return MoeTask{comparison.workload.layer, traces[i], request.seed}; };
  run_tasks(machines, task, batches.size());
  auto& records = machines.run.records;
  for (std::size_t first = 0; first < records.size(); first += batches.size()) {
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(first);
    comparison.costs.push_back(request_cost(comparison.workload, comparison.plan,
                                            {begin, begin + static_cast<std::ptrdiff_t>(batches.size())}));
    for (std::size_t b = 0; b < batches.size(); ++b) {
      auto& record = records[first + b];
      record.statistics.push_back({"runs_of_this_batch", "runs", "total",
                                   "times that every MoE layer does a batch of this shape for all requests",
                                   batches[b].times});
      record.notes.push_back("requests: attention, caches, dense layers, embeddings, sampling and the draft head of "
                             "multi-token prediction are left out, on every machine alike");
    }
  }
  comparison.run = std::move(machines.run);
  return comparison;
}

std::vector<results::UnitSpans> request_units(const ComparisonRequest& request, const RequestComparison& comparison,
                                              const results::Run& run, const results::TraceWindow& window) {
  const auto traces = workloads::batch_traces(comparison.workload, comparison.plan, request.seed);
  return unit_spans(request, run, traces.size(), window,
                    [&](const Machine& machine, std::size_t i, const results::TraceWindow& own) {
                      return machine.units(MoeTask{comparison.workload.layer, traces[i], request.seed}, own);
                    });
}

} // namespace moesaic::sim
