// What every comparison shares: its machines, its inputs, and tasks that run in workers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "results/run.hpp"
#include "sim/comparison/comparison.hpp"

namespace moesaic::sim {

struct Comparison {
  std::vector<std::unique_ptr<Machine>> machines;
  std::vector<std::string> notes; ///< of each machine: that it is scaled to another process node; "" as built
  results::Run run;
};

/// Makes the request's machines and starts the run: its inputs, version, time and seed. Throws InputError.
Comparison prepare(const ComparisonRequest& request);

/// Runs tasks 0 to `count` - 1 on every machine in workers; records come machine by machine, in order, and do not depend on the
/// number of workers. Machines that time this host run alone, after the others. A machine that cannot do a task is left out with
/// its reason, unless no machine but the baselines is left: then its reason is the error (InputError).
void run_tasks(Comparison& comparison, std::size_t count,
               const std::function<results::RunRecord(const Machine&, std::size_t)>& run);

/// When each unit was at work in a run of `count` tasks a machine, record by record: every task is simulated once more.
/// What touches the window is kept, in all at most its number of spans. Throws InputError.
std::vector<results::UnitSpans> unit_spans(
    const ComparisonRequest& request, const results::Run& run, std::size_t count, const results::TraceWindow& window,
    const std::function<results::UnitSpans(const Machine&, std::size_t, const results::TraceWindow&)>& units);

/// The same for batches through MoE layers.
void run_tasks(Comparison& comparison, const std::function<MoeTask(std::size_t)>& task, std::size_t count);

} // namespace moesaic::sim
