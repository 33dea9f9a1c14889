#include <algorithm>
#include <cstring>
#include <sched.h>
#include <sys/wait.h>

#include <fmt/format.h>

#include "sim/pool/worker_pool.hpp"

namespace moesaic::sim {

const char* to_string(Outcome::Kind kind) {
  switch (kind) {
  case Outcome::Kind::done:
    return "done";
  case Outcome::Kind::input_error:
    return "input error";
  case Outcome::Kind::failed:
    return "failed";
  case Outcome::Kind::crashed:
    return "crashed";
  case Outcome::Kind::timed_out:
    return "timed out";
  case Outcome::Kind::out_of_memory:
    return "out of memory";
  case Outcome::Kind::left_out:
    return "left out";
  }
  return "?";
}

int available_cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

Outcome crash(int status) {
  if (WIFSIGNALED(status))
    return {Outcome::Kind::crashed, fmt::format("worker ended by signal {} ({})", WTERMSIG(status),
                                                strsignal(WTERMSIG(status)))};
  return {Outcome::Kind::crashed, fmt::format("worker ended with exit code {}", WEXITSTATUS(status))};
}

} // namespace moesaic::sim
