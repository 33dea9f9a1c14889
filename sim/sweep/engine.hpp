// Runs the points of a plan that are not finished yet, in a pool of forked workers.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "sim/sweep/finished_point.hpp"
#include "sim/sweep/plan.hpp"
#include "sim/sweep/point_lines.hpp"

namespace moesaic::sim::sweep {

/// Simulates one point. Runs in a worker; may keep things between points there. Throws InputError where the
/// point cannot be run.
using Evaluator = std::function<results::RunRecord(const Plan&, const Point&)>;

struct EngineOptions {
  int workers = 1;
  bool retry = false;              ///< run again what crashed or ran over a limit
  std::size_t part = 0, parts = 1; ///< of a cluster job: this process runs every `parts`-th point
  /// Called after each finished point with the number finished and in all.
  std::function<void(std::size_t, std::size_t)> progress;
};

struct EngineSummary {
  std::size_t points = 0;  ///< of this part
  std::size_t kept = 0;    ///< were finished before
  std::size_t done = 0;    ///< finished now with a result
  std::size_t without = 0; ///< finished now without one
  std::size_t damaged = 0; ///< journal lines that could not be read, or are like one of those: their points ran again
};

/// Finished points by name.
using Finished = std::unordered_map<std::string, std::shared_ptr<const FinishedPoint>>;

/// Reads all journals of a folder. `damaged`, where given, counts unreadable lines.
Finished read_finished(const std::string& folder, std::size_t* damaged = nullptr);

/// Reads the journals of a folder that grow, each line once.
class FinishedReader {
 public:
  explicit FinishedReader(std::string folder) : folder_(std::move(folder)) {}
  /// Reads what has come since the last call.
  void read();
  const Finished& points() const { return finished_; }
  std::size_t damaged() const { return damaged_; } ///< lines that could not be read

 private:
  struct Place {
    PointReader reader;
    std::size_t bytes = 0; ///< read so far
  };
  std::string folder_;
  std::map<std::string, Place> places_; ///< by journal
  Finished finished_;
  std::size_t damaged_ = 0;
};

/// Runs the plan's unfinished points and appends each to the folder's journal the moment it is finished;
/// points that crash, or run over a limit of the spec, are recorded with their reason. Killed at any instant,
/// a new call goes on where this one was. Makes the folder. Throws InputError when the folder cannot be
/// written (a full disk included); what was finished stays.
EngineSummary run_points(const Plan& plan, const Evaluator& evaluate, const std::string& folder,
                         const EngineOptions& options);
/// The same with what `before` has read of the folder, which goes on reading there.
EngineSummary run_points(const Plan& plan, const Evaluator& evaluate, const std::string& folder,
                         const EngineOptions& options, FinishedReader& before);

} // namespace moesaic::sim::sweep
