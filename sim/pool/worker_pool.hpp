// A persistent pool of forked workers: each runs many tasks, and one that crashes costs exactly its own task.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace moesaic::sim {

/// What became of one task. left_out: a sweep did not run it; no worker gives that.
struct Outcome {
  enum class Kind { done, input_error, failed, crashed, timed_out, out_of_memory, left_out };
  Kind kind = Kind::done;
  std::string text; ///< the job's answer, or the reason
};

const char* to_string(Outcome::Kind kind);

/// What a worker's exit status, as waitpid gives it, says of the task that it was at.
Outcome crash(int status);

struct PoolOptions {
  double seconds_per_task = 0;      ///< 0: none; a worker over it is killed and replaced
  std::size_t bytes_per_worker = 0; ///< address space beyond the parent's own at fork; 0: none
  /// Called in the parent each time it has handed over the outcomes at hand, before it waits for more.
  std::function<void()> after_outcomes;
};

/// Runs `job` on every task in forked workers and hands each outcome to `on_outcome` in the parent, in the
/// order of completion, with the task's index. A job answers with text; it may throw InputError (recorded as
/// input_error) or anything else (failed). Call before the parent enters any OpenMP region. `workers` >= 1.
/// Throws std::system_error when workers cannot be forked; an exception from `on_outcome` or
/// `after_outcomes` ends the workers and passes on.
void run_in_workers(const std::vector<std::string>& tasks, int workers,
                    const std::function<std::string(const std::string&)>& job,
                    const std::function<void(std::size_t, Outcome)>& on_outcome,
                    const PoolOptions& options = {});

/// Host cores this process may run on, at least 1.
int available_cores();

} // namespace moesaic::sim
