// `moesaic sweep SWEEP.yaml`: a design space, point by point, nothing lost.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <sstream>

#include "description/error.hpp"
#include "sim/commands/commands.hpp"
#include "sim/environment.hpp"
#include "sim/pool/worker_pool.hpp"
#include "sim/sweep/job.hpp"
#include "sim/sweep/machine_evaluator.hpp"
#include "sim/sweep/slurm.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  std::string file, output;
  int workers = available_cores();
  double allow_points = sweep::points_without_asking;
  bool plan_only = false, merge_only = false, retry = false, slurm = false, detach = false;
  int tasks = 8;
  std::vector<std::string> sbatch;
  std::string part;
};

sweep::Job job_of(const Options& options) {
  sweep::JobOptions job;
  job.folder = options.output.empty() ? "runs/sweep-" + sweep::short_name(options.file) : options.output;
  job.version = MOESAIC_VERSION;
  job.allowed_points = options.allow_points;
  job.estimate = sweep::machine_estimator();
  job.engine.workers = options.workers;
  job.engine.retry = options.retry;
  if (shows_progress())
    job.engine.progress = [last = std::size_t{0}](std::size_t done, std::size_t all) mutable {
      if (done * 1000 / all == last && done != all)
        return; // a terminal need not see every one of a million
      last = done * 1000 / all;
      fmt::print(stderr, "\r{} of {} points\033[K{}", done, all, done == all ? "\r\033[K" : "");
    };
  return sweep::Job(sweep::load_spec(options.file), sweep::machine_evaluator(), sweep::machine_figures, job);
}

/// "3/8" from a cluster task.
void read_part(const std::string& text, sweep::EngineOptions& engine) {
  char slash = 0;
  std::istringstream in(text);
  if (!(in >> engine.part >> slash >> engine.parts) || slash != '/' || engine.part >= engine.parts)
    throw InputError(fmt::format("--part: expected NUMBER/COUNT, found '{}'", text));
}

void run_sweep(const Options& options) {
  std::signal(SIGXFSZ, SIG_IGN); // a file over the user's limit is a full disk, not the end of the process
  sweep::Job job = job_of(options);
  if (options.part.empty() && !options.merge_only) {
    job.check_folder();
    sweep::check_points(job.plan());
  }
  if (options.plan_only)
    return fmt::print("{}", job.describe());
  if (!options.part.empty()) {
    read_part(options.part, job.options().engine);
    job.run();
    return;
  }
  if (options.slurm)
    sweep::run_on_slurm(job, {options.file, options.tasks, options.workers, options.detach, options.sbatch});
  else if (!options.merge_only)
    job.run();
  if (options.slurm && options.detach)
    return;
  const std::string summary = job.merge(), &folder = job.options().folder;
  fmt::print("{0}\nresults      {1}\nreport page  {1}/report.html\n", summary, folder);
}

} // namespace

void add_sweep_command(CLI::App& app) {
  static Options options;
  CLI::App* verb = app.add_subcommand("sweep", "run a design space; started again, it goes on where it was");
  verb->add_option("SWEEP", options.file, "the sweep's .yaml file, see docs/sweeps.md")->required();
  verb->add_option("-j,--jobs", options.workers, "workers at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  verb->add_option("-o,--output", options.output, "the folder for the results (default: runs/sweep-NAME)");
  verb->add_option("--allow-points", options.allow_points, "run up to this many points")
      ->check(CLI::Range(1.0, 1e15))
      ->capture_default_str();
  verb->add_flag("--plan", options.plan_only, "say what would be run, and run nothing");
  verb->add_flag("--merge", options.merge_only, "merge what is finished so far, and run nothing");
  verb->add_flag("--retry", options.retry, "run again what crashed or ran over a limit");
  verb->add_flag("--slurm", options.slurm, "run as an array job of Slurm, merged by a dependent job");
  verb->add_option("--tasks", options.tasks, "with --slurm: tasks of the array, which share the points")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  verb->add_flag("--detach", options.detach, "with --slurm: submit and do not wait");
  verb->add_option("--sbatch", options.sbatch,
                   "with --slurm: an option for sbatch, for example --sbatch=--time=2:00:00");
  verb->add_option("--part", options.part, "NUMBER/COUNT: what a task of the array runs")->group("");
  verb->callback([] { run_sweep(options); });
}

} // namespace moesaic::sim
