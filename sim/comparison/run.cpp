#include "sim/comparison/run.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "description/override.hpp"
#include "results/json.hpp"
#include "results/verdict.hpp"
#include "sim/environment.hpp"
#include "sim/pool/worker_pool.hpp"
#include "workloads/json_file.hpp"

namespace moesaic::sim {

namespace {

std::string file_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

/// A copy among the run's inputs, once; another text of the same name takes a number before it.
void add_text(const std::string& prefix, const std::string& file, const std::string& text, results::Run& run) {
  std::string name = prefix + file_name(file);
  for (int number = 2;; ++number) {
    const auto same =
        std::find_if(run.inputs.begin(), run.inputs.end(), [&](auto& input) { return input.name == name; });
    if (same == run.inputs.end())
      break;
    if (same->text == text)
      return;
    name = fmt::format("{}{}-{}", prefix, number, file_name(file));
  }
  run.inputs.push_back({name, text, ""});
}

void add_input(const std::string& prefix, const std::string& file, results::Run& run) {
  add_text(prefix, file, workloads::read_text_file(file), run);
}

/// The description as the run sees it: the file, or where it is scaled to another process node the result.
void add_machine(const std::string& name, Comparison& comparison) {
  comparison.machines.push_back(make_machine(name));
  comparison.notes.push_back(node_note(name));
  if (comparison.notes.back().empty())
    add_input("hw-", machine_file(name), comparison.run);
  else
    add_text("hw-", file_name(name) + ".yaml", to_yaml(machine_description(name)), comparison.run);
}

/// Moves the records of the machines that did all their tasks into the run.
void collect(Comparison& comparison, std::size_t count, const std::vector<std::string>& reasons,
             std::vector<results::RunRecord>& records) {
  results::Run& run = comparison.run;
  bool compared = false;
  for (std::size_t m = 0; m < comparison.machines.size(); ++m) {
    if (!reasons[m].empty()) {
      run.left_out.push_back(reasons[m]);
      continue;
    }
    compared = compared || !results::is_baseline(comparison.machines[m]->kind());
    for (std::size_t i = 0; i < count; ++i) {
      run.records.push_back(std::move(records[m * count + i]));
      if (!comparison.notes[m].empty())
        run.records.back().notes.insert(run.records.back().notes.begin(), comparison.notes[m]);
    }
  }
  if (!run.left_out.empty() && !compared)
    throw InputError(fmt::format("{}", fmt::join(run.left_out, "\nmoesaic: ")));
}

} // namespace

Comparison prepare(const ComparisonRequest& request) {
  Comparison comparison;
  results::Run& run = comparison.run;
  const std::string workload_file = catalog_file("workloads/catalog", request.workload, "workload");
  add_input("workload-", workload_file, run);
  for (const auto& name : request.machines)
    add_machine(name, comparison);
  run.version = MOESAIC_VERSION;
  run.started = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::localtime(std::time(nullptr)));
  run.seed = request.seed;
  return comparison;
}

void run_tasks(Comparison& comparison, std::size_t count,
               const std::function<results::RunRecord(const Machine&, std::size_t)>& run) {
  const auto start = std::chrono::steady_clock::now();
  const auto& machines = comparison.machines;
  std::vector<std::string> side_by_side, alone;
  for (std::size_t i = 0; i < machines.size() * count; ++i)
    (machines[i / count]->measures_host() ? alone : side_by_side).push_back(std::to_string(i));
  const auto job = [&](const std::string& number) {
    const std::size_t i = std::stoul(number);
    results::Run one;
    one.records.push_back(run(*machines[i / count], i % count));
    return results::to_compact_json(one);
  };
  std::vector<results::RunRecord> records(machines.size() * count);
  std::vector<std::string> reasons(machines.size());
  std::size_t done = 0;
  const auto receive = [&](std::size_t i, const Outcome& outcome) {
    const std::string& name = machines[i / count]->name();
    if (outcome.kind == Outcome::Kind::input_error)
      reasons[i / count] = outcome.text.rfind(name, 0) == 0 ? outcome.text : name + ": " + outcome.text;
    else if (outcome.kind != Outcome::Kind::done)
      throw std::runtime_error(fmt::format("{}: {}: {}", name, to_string(outcome.kind), outcome.text));
    else
      records[i] = results::run_from_json(outcome.text, name).records.at(0);
    if (shows_progress())
      fmt::print(stderr, "\r{} of {} simulated ({})\033[K", ++done, records.size(), name);
  };
  for (const auto* tasks : {&side_by_side, &alone})
    run_in_workers(*tasks, tasks == &alone ? 1 : available_cores(), job,
                   [&](std::size_t nth, const Outcome& outcome) { receive(std::stoul((*tasks)[nth]), outcome); });
  if (shows_progress())
    fmt::print(stderr, "\r\033[K");
  collect(comparison, count, reasons, records);
  comparison.run.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run_tasks(Comparison& comparison, const std::function<MoeTask(std::size_t)>& task, std::size_t count) {
  run_tasks(comparison, count, [&](const Machine& machine, std::size_t i) { return machine.run(task(i)); });
}

std::vector<results::UnitSpans> unit_spans(
    const ComparisonRequest& request, const results::Run& run, std::size_t count, const results::TraceWindow& window,
    const std::function<results::UnitSpans(const Machine&, std::size_t, const results::TraceWindow&)>& units) {
  std::vector<results::UnitSpans> all(run.records.size());
  std::size_t next = 0, used = 0;
  for (const auto& name : request.machines) {
    const auto machine = make_machine(name);
    for (std::size_t i = 0; i < count && next < all.size() && run.records[next].machine == machine->name(); ++i, ++next) {
      results::TraceWindow own = window;
      own.to = std::min(window.to, run.records[next].seconds.nominal);
      own.most_events = (window.most_events - used) / (all.size() - next); // what one does not need is left to the next
      if (own.from < own.to)
        all[next] = units(*machine, i, own);
      used += all[next].spans.size();
    }
  }
  return all;
}

} // namespace moesaic::sim
