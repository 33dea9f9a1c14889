#include "sim/comparison/comparison.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "results/verdict.hpp"
#include "sim/comparison/run.hpp"
#include "sim/machine/layer_numbers.hpp"
#include "workloads/trace_file.hpp"

namespace moesaic::sim {

namespace {

/// The layer's routing for every batch, recorded or drawn.
std::vector<workloads::Routing> routings(const ComparisonRequest& request, const workloads::MoeLayer& layer) {
  std::vector<workloads::Routing> all;
  if (request.trace.empty()) {
    for (const int batch : request.batches)
      all.push_back(workloads::make_trace(layer, batch, request.seed));
    return all;
  }
  const int most = *std::max_element(request.batches.begin(), request.batches.end());
  const auto recorded = workloads::read_trace_layer(request.trace, layer, request.trace_layer, most);
  for (const int batch : request.batches)
    all.push_back(first_tokens(recorded, batch, request.trace));
  return all;
}

std::string title_of(const ComparisonRequest& request, const workloads::MoeLayer& layer) {
  std::string batches;
  for (const int batch : request.batches)
    batches += fmt::format("{}{}", batches.empty() ? "" : ", ", batch);
  return fmt::format("One MoE layer of {}, batch {}", layer.title, batches);
}

MoeTask task_of(const ComparisonRequest& request, const workloads::MoeLayer& layer, const workloads::Routing& routing) {
  MoeTask task{layer, routing, request.seed, request.mapping};
  task.devices = request.devices;
  return task;
}

} // namespace

results::Run compare(const ComparisonRequest& request) {
  const auto layer = workloads::load_moe_layer(request.workload);
  const auto traces = routings(request, layer);
  Comparison comparison = prepare(request);
  comparison.run.title = title_of(request, layer);
  const auto task = [&](std::size_t i) { return task_of(request, layer, traces[i]); };
  run_tasks(comparison, task, traces.size());
  return std::move(comparison.run);
}

std::vector<results::UnitSpans> compare_units(const ComparisonRequest& request, const results::Run& run,
                                              const results::TraceWindow& window) {
  const auto layer = workloads::load_moe_layer(request.workload);
  const auto traces = routings(request, layer);
  return unit_spans(request, run, traces.size(), window,
                    [&](const Machine& machine, std::size_t i, const results::TraceWindow& own) {
                      return machine.units(task_of(request, layer, traces[i]), own);
                    });
}

std::vector<ValueCheck> compare_values(const ComparisonRequest& request) {
  const auto layer = workloads::load_moe_layer(request.workload);
  const auto traces = routings(request, layer);
  std::vector<ValueCheck> checks;
  for (const auto& name : request.machines) {
    const auto machine = make_machine(name);
    if (results::is_baseline(machine->kind()))
      continue;
    for (const auto& routing : traces) {
      MoeTask task = task_of(request, layer, routing);
      if (!request.checkpoint.empty())
        task.numbers = numbers_from(request.checkpoint, request.checkpoint_layer, task);
      checks.push_back(machine->check_values(task));
    }
  }
  return checks;
}

std::string value_table(const std::vector<ValueCheck>& checks) {
  std::string text = fmt::format("{:12} {:>7} {:>8} {:>16} {:>14} {:>14}  {}\n", "values", "tokens",
                                 "outputs", "router choice", "worst error", "its bound", "verdict");
  for (const auto& check : checks)
    text +=
        fmt::format("{:12} {:>7} {:>8} {:>16} {:>14.3e} {:>14.3e}  {}\n", check.machine, check.tokens,
                    check.outputs, check.router_identical ? "identical" : "DIFFERENT", check.worst_error,
                    check.error_bound, check.within_bound ? "within the bound" : "OUTSIDE THE BOUND");
  return text;
}

} // namespace moesaic::sim
