#include "sim/sweep/engine.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/pool/worker_pool.hpp"
#include "sim/sweep/journal.hpp"

namespace moesaic::sim::sweep {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> journals_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".journal")
      files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

bool has_result(std::string_view json) {
  static const std::string mark = fmt::format("{{\"status\":\"{}\"", to_string(Outcome::Kind::done));
  return json.substr(0, mark.size()) == mark;
}

std::unordered_set<std::string> finished_names(const std::string& folder, bool retry, std::size_t& damaged) {
  std::unordered_set<std::string> names;
  for (const auto& file : journals_in(folder))
    damaged += read_journal(file, [&](std::string_view name, std::string_view json) {
      if (!retry || has_result(json))
        names.emplace(name);
    });
  return names;
}

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw InputError(fmt::format("{}: cannot be made: {}", folder, error.message()));
}

PoolOptions pool_options(const Limits& limits) {
  PoolOptions pool;
  pool.seconds_per_task = limits.seconds;
  pool.bytes_per_worker = static_cast<std::size_t>(limits.bytes);
  return pool;
}

} // namespace

Finished read_finished(const std::string& folder, std::size_t* damaged) {
  Finished finished;
  for (const auto& file : journals_in(folder)) {
    const std::size_t lost = read_journal(file, [&](std::string_view name, std::string_view json) {
      std::string& kept = finished[std::string(name)];
      if (kept.empty() || !has_result(kept)) // after a retry, the result counts
        kept = json;
    });
    if (damaged)
      *damaged += lost;
  }
  return finished;
}

EngineSummary run_points(const Plan& plan, const Evaluator& evaluate, const std::string& folder,
                         const EngineOptions& options) {
  make_folder(folder);
  Journal journal(options.parts == 1 ? folder + "/points.journal"
                                     : fmt::format("{}/points-{}.journal", folder, options.part));
  EngineSummary summary;
  const auto finished = finished_names(folder, options.retry, summary.damaged);
  std::vector<std::string> tasks;
  for (std::size_t i = options.part; i < plan.points.size(); i += options.parts) {
    ++summary.points;
    if (finished.count(plan.points[i].hash))
      ++summary.kept;
    else
      tasks.push_back(std::to_string(i));
  }
  const auto job = [&](const std::string& task) {
    return to_line({Outcome::Kind::done, "", evaluate(plan, plan.points[std::stoul(task)])});
  };
  const auto keep = [&](std::size_t task, Outcome outcome) {
    const bool done = outcome.kind == Outcome::Kind::done;
    journal.put(plan.points[std::stoul(tasks[task])].hash,
                   done ? outcome.text : to_line({outcome.kind, outcome.text, {}}));
    ++(done ? summary.done : summary.without);
    if (options.progress)
      options.progress(summary.kept + summary.done + summary.without, summary.points);
  };
  PoolOptions pool = pool_options(plan.spec.limits);
  pool.after_outcomes = [&] { journal.flush(); };
  run_in_workers(tasks, options.workers, job, keep, pool);
  journal.sync();
  return summary;
}

} // namespace moesaic::sim::sweep
