// A sweep as an array job of Slurm: many points to a task, merged by a dependent job.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/job.hpp"

namespace moesaic::sim::sweep {

struct SlurmOptions {
  std::string file;                ///< the sweep's
  int tasks = 1;                   ///< of the array; task k runs every tasks-th point
  int workers = 1;                 ///< per task, its processors
  bool detach = false;             ///< submit and do not wait
  std::vector<std::string> sbatch; ///< further options for sbatch
};

/// The two job scripts, of the array and of the merge; what they call is this very program.
std::string array_script(const Job& job, const SlurmOptions& options, const std::string& program);
std::string merge_script(const Job& job, const SlurmOptions& options, const std::string& program);

/// Writes both scripts into the job's folder, submits them, and waits for the merge unless detached. Throws
/// InputError when sbatch is not there or refuses, when a job fails, and for a search, whose generations
/// cannot be parted.
void run_on_slurm(const Job& job, const SlurmOptions& options);

} // namespace moesaic::sim::sweep
