// A sweep from its file to its merged results, whatever its kind.
#pragma once

#include <memory>
#include <string>

#include "sim/sweep/engine.hpp"
#include "sim/sweep/sensitivity.hpp"

namespace moesaic::sim::sweep {

/// The constants that each machine reads.
using FiguresOf = std::function<std::vector<std::vector<Figure>>(const Inputs&)>;

struct JobOptions {
  std::string folder;  ///< of the results
  std::string version; ///< of the program
  double allowed_points = points_without_asking;
  EngineOptions engine;
  Evaluator estimate = nullptr; ///< for sweeps that estimate first
};

class Job {
 public:
  /// Plans everything; a search plans as it goes. Throws InputError.
  Job(Spec spec, Evaluator evaluate, const FiguresOf& figures_of, JobOptions options);

  /// What would be run, for a terminal.
  std::string describe() const;

  /// Refuses a folder that holds anything but a sweep's results: they would lie among foreign files. Throws InputError.
  void check_folder() const;

  /// Runs what is not finished. Throws InputError when the folder cannot be written.
  void run();

  /// Writes the merged results of what is finished, and returns the summary for a terminal.
  std::string merge() const;

  JobOptions& options() { return options_; }
  const JobOptions& options() const { return options_; }
  const Plan& plan() const { return sensitivity_.plan; }
  const Spec& spec() const { return sensitivity_.plan.spec; }
  std::size_t points() const { return sensitivity_.plan.points.size(); }

 private:
  SensitivityPlan sensitivity_; ///< of other kinds only the plan is used
  Evaluator evaluate_;
  std::string screening_; ///< what estimates saved, for the summary
  JobOptions options_;
};

} // namespace moesaic::sim::sweep
