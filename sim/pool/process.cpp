#include "sim/pool/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <new>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "description/error.hpp"
#include "sim/pool/channel.hpp"
#include "sim/pool/worker_pool.hpp"

namespace moesaic::sim {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto longest_wait = std::chrono::milliseconds(2); ///< of an answer for others to go with

void limit_memory(std::size_t extra_bytes) {
  if (extra_bytes == 0)
    return;
  std::size_t pages = 0;
  if (FILE* status = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(status, "%zu", &pages) != 1)
      pages = 0;
    std::fclose(status);
  }
  const rlim_t limit = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + extra_bytes;
  const rlimit both{limit, limit};
  setrlimit(RLIMIT_AS, &both);
}

Outcome attempt(const std::function<std::string(const std::string&)>& job, const std::string& task) {
  try {
    return {Outcome::Kind::done, job(task)};
  } catch (const InputError& error) {
    return {Outcome::Kind::input_error, error.what()};
  } catch (const std::bad_alloc&) {
    return {Outcome::Kind::out_of_memory, "the worker's memory limit was reached"};
  } catch (const std::exception& error) {
    return {Outcome::Kind::failed, error.what()};
  }
}

} // namespace

void serve_tasks(int socket, const std::function<std::string(const std::string&)>& job,
                 std::size_t extra_bytes, std::atomic<std::uint64_t>& started) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A crash must look like one: no handler of the parent's (a test runner's, say) may run here.
  for (const int fatal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT})
    std::signal(fatal, SIG_DFL);
  limit_memory(extra_bytes);
  WorkerChannel channel(socket);
  std::string task;
  auto flushed = Clock::now();
  while (channel.receive())
    while (channel.next(task)) {
      ++started;
      const Outcome outcome = attempt(job, task);
      channel.put(static_cast<char>(outcome.kind) + outcome.text);
      const bool exhausted = outcome.kind == Outcome::Kind::out_of_memory; // the pool replaces this worker
      const auto now = Clock::now();
      if (channel.has_next() && !exhausted && now - flushed < longest_wait)
        continue;
      flushed = now;
      if (!channel.flush() || exhausted)
        _exit(0);
    }
  _exit(0);
}

} // namespace moesaic::sim
