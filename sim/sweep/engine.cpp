#include "sim/sweep/engine.hpp"

#include <algorithm>
#include <filesystem>

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

void FinishedReader::read() {
  for (const auto& file : journals_in(folder_)) {
    Place& place = places_[file];
    damaged_ += read_journal(
        file,
        [&](std::string_view name, std::string_view line) {
          auto point = place.reader.read(name, line);
          if (!point)
            return false;
          auto& kept = finished_[std::string(name)];
          if (!kept || !kept->has_result()) // after a retry, the result counts
            kept = std::move(point);
          return true;
        },
        &place.bytes);
  }
}

Finished read_finished(const std::string& folder, std::size_t* damaged) {
  FinishedReader reader(folder);
  reader.read();
  if (damaged)
    *damaged += reader.damaged();
  return reader.points();
}

EngineSummary run_points(const Plan& plan, const Evaluator& evaluate, const std::string& folder,
                         const EngineOptions& options) {
  FinishedReader before(folder);
  return run_points(plan, evaluate, folder, options, before);
}

EngineSummary run_points(const Plan& plan, const Evaluator& evaluate, const std::string& folder,
                         const EngineOptions& options, FinishedReader& before) {
  make_folder(folder);
  Journal journal(options.parts == 1 ? folder + "/points.journal"
                                     : fmt::format("{}/points-{}.journal", folder, options.part));
  EngineSummary summary;
  before.read();
  summary.damaged = before.damaged();
  const Finished& finished = before.points();
  const auto is_finished = [&](const Point& point) {
    const auto found = finished.find(point.hash);
    return found != finished.end() && (!options.retry || found->second->has_result()) &&
           found->second->status() != Outcome::Kind::left_out; // an estimate had spoken against it
  };
  std::vector<std::string> tasks;
  for (std::size_t i = options.part; i < plan.points.size(); i += options.parts) {
    ++summary.points;
    if (is_finished(plan.points[i]))
      ++summary.kept;
    else
      tasks.push_back(std::to_string(i));
  }
  PointWriter writer; // each worker has a copy of its own
  const auto job = [&](const std::string& task) {
    const Point& point = plan.points[std::stoul(task)];
    return writer.write(point.hash, evaluate(plan, point));
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
