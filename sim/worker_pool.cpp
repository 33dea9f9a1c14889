#include "sim/worker_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "sim/worker_process.hpp"

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
  }
  return "?";
}

int available_cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

namespace {

using Clock = std::chrono::steady_clock;

struct Worker {
  pid_t pid = -1;
  int socket = -1;
  std::deque<std::size_t> queue; ///< tasks sent and not answered, oldest first: that one is being run
  Clock::time_point started;     ///< when the oldest began
  bool overdue = false;
};

class Pool {
 public:
  Pool(const std::vector<std::string>& tasks, const std::function<std::string(const std::string&)>& job,
       const std::function<void(std::size_t, Outcome)>& on_outcome, const PoolLimits& limits)
      : tasks_(tasks), job_(job), on_outcome_(on_outcome), limits_(limits) {}

  ~Pool() {
    for (Worker& worker : workers_)
      dismiss(worker, SIGKILL);
  }

  void run(int count) {
    for (std::size_t i = 0; i < tasks_.size(); ++i)
      waiting_.push_back(i);
    // Short queues at the end keep both workers busy; long ones hide the round trip when tasks are tiny.
    depth_ = std::clamp<std::size_t>(tasks_.size() / (4 * static_cast<std::size_t>(count)), 1, 32);
    workers_.resize(
        std::min<std::size_t>(static_cast<std::size_t>(count), std::max<std::size_t>(1, tasks_.size())));
    for (Worker& worker : workers_)
      hire(worker), feed(worker);
    while (answered_ < tasks_.size())
      wait_for_answers();
  }

 private:
  void hire(Worker& worker) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::system_error(errno, std::generic_category(), "workers cannot be started");
    fflush(nullptr);
    const pid_t pid = fork();
    if (pid < 0)
      throw std::system_error(errno, std::generic_category(), "workers cannot be started");
    if (pid == 0) {
      for (const Worker& other : workers_)
        if (other.socket >= 0)
          close(other.socket);
      close(ends[0]);
      serve_tasks(ends[1], job_, limits_.bytes_per_worker);
    }
    close(ends[1]);
    worker = Worker{pid, ends[0], {}, {}, false};
  }

  int dismiss(Worker& worker, int signal) {
    if (worker.pid < 0)
      return 0;
    if (signal != 0)
      kill(worker.pid, signal);
    close(worker.socket);
    int status = 0;
    while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    worker.pid = worker.socket = -1;
    return status;
  }

  void feed(Worker& worker) {
    while (!waiting_.empty() && worker.queue.size() < depth_) {
      const std::size_t task = waiting_.front();
      if (!send_message(worker.socket, tasks_[task]))
        return; // it died; its end of file is seen next
      waiting_.pop_front();
      if (worker.queue.empty())
        worker.started = Clock::now();
      worker.queue.push_back(task);
    }
  }

  void wait_for_answers() {
    std::vector<pollfd> sockets;
    for (const Worker& worker : workers_)
      sockets.push_back({worker.socket, POLLIN, 0});
    const int timeout_ms = limits_.seconds_per_task > 0 ? 20 : -1;
    if (poll(sockets.data(), sockets.size(), timeout_ms) < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "poll");
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (sockets[i].revents != 0)
        take_answer(workers_[i]);
      kill_overdue(workers_[i]);
    }
  }

  void kill_overdue(Worker& worker) {
    if (limits_.seconds_per_task <= 0 || worker.queue.empty() || worker.overdue)
      return;
    if (std::chrono::duration<double>(Clock::now() - worker.started).count() < limits_.seconds_per_task)
      return;
    worker.overdue = true;
    kill(worker.pid, SIGKILL);
  }

  void take_answer(Worker& worker) {
    std::string answer;
    if (!receive_message(worker.socket, answer) || answer.empty())
      return replace(worker);
    const Outcome outcome{static_cast<Outcome::Kind>(answer[0]), answer.substr(1)};
    finish(worker, outcome);
    if (outcome.kind == Outcome::Kind::out_of_memory)
      return replace(worker); // its heap is not to be trusted
    feed(worker);
  }

  void finish(Worker& worker, Outcome outcome) {
    const std::size_t task = worker.queue.front();
    worker.queue.pop_front();
    worker.started = Clock::now();
    ++answered_;
    on_outcome_(task, std::move(outcome));
  }

  void replace(Worker& worker) {
    const bool overdue = worker.overdue;
    const int status = dismiss(worker, SIGKILL);
    const bool own_death = !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) || overdue;
    if (!worker.queue.empty() && own_death) {
      if (overdue)
        finish(worker,
               {Outcome::Kind::timed_out, fmt::format("took longer than {} s", limits_.seconds_per_task)});
      else if (WIFSIGNALED(status))
        finish(worker, {Outcome::Kind::crashed, fmt::format("worker ended by signal {} ({})",
                                                            WTERMSIG(status), strsignal(WTERMSIG(status)))});
      else
        finish(worker,
               {Outcome::Kind::crashed, fmt::format("worker ended with exit code {}", WEXITSTATUS(status))});
    } else if (!worker.queue.empty()) {
      // Killed from outside: the task is not to blame for the first deaths; after three it is recorded.
      if (++deaths_[worker.queue.front()] >= 3)
        finish(worker, {Outcome::Kind::crashed, "worker killed three times"});
    }
    waiting_.insert(waiting_.begin(), worker.queue.begin(), worker.queue.end());
    worker.queue.clear();
    if (answered_ < tasks_.size())
      hire(worker), feed(worker);
  }

  const std::vector<std::string>& tasks_;
  const std::function<std::string(const std::string&)>& job_;
  const std::function<void(std::size_t, Outcome)>& on_outcome_;
  const PoolLimits& limits_;
  std::vector<Worker> workers_;
  std::deque<std::size_t> waiting_;
  std::size_t answered_ = 0, depth_ = 1;
  std::map<std::size_t, int> deaths_;
};

} // namespace

void run_in_workers(const std::vector<std::string>& tasks, int workers,
                    const std::function<std::string(const std::string&)>& job,
                    const std::function<void(std::size_t, Outcome)>& on_outcome, const PoolLimits& limits) {
  if (!tasks.empty())
    Pool(tasks, job, on_outcome, limits).run(std::max(1, workers));
}

} // namespace moesaic::sim
