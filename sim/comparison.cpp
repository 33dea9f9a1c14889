#include "sim/comparison.hpp"

#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "results/json.hpp"
#include "sim/environment.hpp"
#include "sim/worker_pool.hpp"

namespace moesaic::sim {

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string file_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

MoeTask task_of(const ComparisonRequest& request, const workloads::MoeLayer& layer, int batch) {
  return {layer, workloads::make_trace(layer, batch, request.seed), request.seed, request.mapping};
}

std::string title_of(const ComparisonRequest& request, const workloads::MoeLayer& layer) {
  std::string batches;
  for (const int batch : request.batches)
    batches += fmt::format("{}{}", batches.empty() ? "" : ", ", batch);
  return fmt::format("One MoE layer of {}, batch {}", layer.title, batches);
}

/// Runs every (machine, batch) pair in workers; records come in order. A machine that cannot do the layer is left out
/// with its reason, unless no machine but the baselines is left: then its reason is the error.
void run_all(const ComparisonRequest& request, const workloads::MoeLayer& layer,
             const std::vector<std::unique_ptr<Machine>>& machines, results::Run& run) {
  const std::size_t batches = request.batches.size();
  std::vector<std::string> tasks;
  for (std::size_t i = 0; i < machines.size() * batches; ++i)
    tasks.push_back(std::to_string(i));
  const auto job = [&](const std::string& task) {
    const std::size_t i = std::stoul(task);
    results::Run one;
    one.records.push_back(machines[i / batches]->run(task_of(request, layer, request.batches[i % batches])));
    return results::to_json(one);
  };
  std::vector<results::RunRecord> records(tasks.size());
  std::vector<std::string> reasons(machines.size());
  std::size_t done = 0;
  const auto receive = [&](std::size_t i, const Outcome& outcome) {
    const std::string& name = machines[i / batches]->name();
    if (outcome.kind == Outcome::Kind::input_error)
      reasons[i / batches] = outcome.text.rfind(name, 0) == 0 ? outcome.text : name + ": " + outcome.text;
    else if (outcome.kind != Outcome::Kind::done)
      throw std::runtime_error(fmt::format("{}: {}: {}", name, to_string(outcome.kind), outcome.text));
    else
      records[i] = results::run_from_json(outcome.text, name).records.at(0);
    if (shows_progress())
      fmt::print(stderr, "\r{} of {} simulated ({})\033[K", ++done, tasks.size(), name);
  };
  run_in_workers(tasks, available_cores(), job, receive);
  if (shows_progress())
    fmt::print(stderr, "\r\033[K");
  bool compared = false;
  for (std::size_t m = 0; m < machines.size(); ++m) {
    if (!reasons[m].empty()) {
      run.left_out.push_back(reasons[m]);
      continue;
    }
    compared = compared || std::string(machines[m]->kind()) != "gpu";
    for (std::size_t b = 0; b < batches; ++b)
      run.records.push_back(std::move(records[m * batches + b]));
  }
  if (!run.left_out.empty() && !compared)
    throw InputError(fmt::format("{}", fmt::join(run.left_out, "\nmoesaic: ")));
}

} // namespace

results::Run compare(const ComparisonRequest& request) {
  const auto layer = workloads::load_moe_layer(request.workload);
  std::vector<std::unique_ptr<Machine>> machines;
  results::Run run;
  const std::string workload_file = catalog_file("workloads/catalog", request.workload, "workload");
  run.inputs.push_back({"workload-" + file_name(workload_file), text_of(workload_file), ""});
  for (const auto& name : request.machines) {
    machines.push_back(make_machine(name));
    const std::string file = catalog_file("hw/catalog", name, "machine");
    run.inputs.push_back({"hw-" + file_name(file), text_of(file), ""});
  }
  const auto start = std::chrono::steady_clock::now();
  run.title = title_of(request, layer);
  run.version = MOESAIC_VERSION;
  run.started = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::localtime(std::time(nullptr)));
  run.seed = request.seed;
  run_all(request, layer, machines, run);
  run.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return run;
}

std::vector<ValueCheck> compare_values(const ComparisonRequest& request) {
  const auto layer = workloads::load_moe_layer(request.workload);
  std::vector<ValueCheck> checks;
  for (const auto& name : request.machines) {
    const auto machine = make_machine(name);
    if (std::string(machine->kind()) == "gpu")
      continue;
    for (const int batch : request.batches)
      checks.push_back(machine->check_values(task_of(request, layer, batch)));
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
