#include "sim/pool/worker_pool.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <map>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "sim/pool/channel.hpp"
#include "sim/pool/counters.hpp"
#include "sim/pool/process.hpp"

namespace moesaic::sim {

namespace {

using Clock = std::chrono::steady_clock;

struct Worker {
  pid_t pid = -1;
  WorkerChannel channel;
  std::deque<std::size_t> queue; ///< tasks sent and not answered, oldest first
  std::uint64_t answered = 0;    ///< of this process
  std::uint64_t seen = 0;        ///< tasks it had started when last looked at
  Clock::time_point since;       ///< of that look, or of what began when it was idle
  std::uint64_t overdue = 0;     ///< the task, counted as `seen`, that it was killed for; 0: none
};

class Pool {
 public:
  Pool(const std::vector<std::string>& tasks, int count,
       const std::function<std::string(const std::string&)>& job,
       const std::function<void(std::size_t, Outcome)>& on_outcome, const PoolOptions& options)
      : tasks_(tasks), job_(job), on_outcome_(on_outcome), options_(options),
        workers_(std::min(static_cast<std::size_t>(count), tasks.size())), started_(workers_.size()),
        // Short queues at the end keep all workers busy; long ones hide the round trip when tasks are tiny.
        depth_(std::clamp<std::size_t>(tasks.size() / (4 * workers_.size()), 1, 64)) {}

  ~Pool() {
    for (Worker& worker : workers_)
      dismiss(worker, SIGKILL);
  }

  void run() {
    for (Worker& worker : workers_)
      hire(worker), feed(worker);
    while (answered_ < tasks_.size())
      wait_for_answers();
  }

 private:
  std::atomic<std::uint64_t>& started(const Worker& worker) {
    return started_[static_cast<std::size_t>(&worker - workers_.data())];
  }

  void hire(Worker& worker) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::system_error(errno, std::generic_category(), "workers cannot be started");
    fflush(nullptr);
    started(worker) = 0;
    const pid_t pid = fork();
    if (pid < 0)
      throw std::system_error(errno, std::generic_category(), "workers cannot be started");
    if (pid == 0) {
      for (const Worker& other : workers_)
        if (other.channel.socket() >= 0)
          close(other.channel.socket());
      close(ends[0]);
      serve_tasks(ends[1], job_, options_.bytes_per_worker, started(worker));
    }
    close(ends[1]);
    worker = Worker{pid, WorkerChannel(ends[0]), {}, 0, 0, {}, 0};
  }

  int dismiss(Worker& worker, int signal) {
    if (worker.pid < 0)
      return 0;
    if (signal != 0)
      kill(worker.pid, signal);
    close(worker.channel.socket());
    int status = 0;
    while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    worker.pid = -1;
    worker.channel = WorkerChannel();
    return status;
  }

  bool is_waiting() const { return !again_.empty() || next_ < tasks_.size(); }

  std::size_t take_waiting() {
    if (again_.empty())
      return next_++;
    const std::size_t task = again_.front();
    again_.pop_front();
    return task;
  }

  /// Half-empty queues are filled at once rather than task by task.
  void feed(Worker& worker) {
    if (worker.queue.size() > depth_ / 2 || !is_waiting())
      return;
    if (worker.queue.empty())
      worker.since = Clock::now();
    while (is_waiting() && worker.queue.size() < depth_) {
      worker.queue.push_back(take_waiting());
      worker.channel.put(tasks_[worker.queue.back()]);
    }
    worker.channel.flush(); // where it died, its end of file is seen next
  }

  void wait_for_answers() {
    std::vector<pollfd> sockets;
    for (const Worker& worker : workers_)
      sockets.push_back({worker.channel.socket(), POLLIN, 0});
    const int timeout_ms = options_.seconds_per_task > 0 ? 20 : -1;
    if (poll(sockets.data(), sockets.size(), timeout_ms) < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "poll");
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (sockets[i].revents != 0)
        take_answers(workers_[i]);
      kill_overdue(workers_[i]);
    }
    if (options_.after_outcomes)
      options_.after_outcomes();
  }

  void kill_overdue(Worker& worker) {
    if (options_.seconds_per_task <= 0 || worker.queue.empty() || worker.overdue != 0)
      return;
    const std::uint64_t now_at = started(worker);
    if (now_at != worker.seen || now_at == worker.answered) { // another task, or none begun
      worker.seen = now_at;
      worker.since = Clock::now();
    }
    if (std::chrono::duration<double>(Clock::now() - worker.since).count() < options_.seconds_per_task)
      return;
    worker.overdue = now_at;
    kill(worker.pid, SIGKILL);
  }

  void take_answers(Worker& worker) {
    const bool alive = worker.channel.receive();
    bool exhausted = false;
    for (std::string answer; worker.channel.next(answer);) {
      const auto kind = static_cast<Outcome::Kind>(answer[0]);
      ++worker.answered;
      finish(worker, 0, {kind, answer.substr(1)});
      exhausted |= kind == Outcome::Kind::out_of_memory; // its heap is not to be trusted
    }
    if (!alive || exhausted)
      return replace(worker, exhausted);
    feed(worker);
  }

  void finish(Worker& worker, std::size_t place, Outcome outcome) {
    const std::size_t task = worker.queue[place];
    worker.queue.erase(worker.queue.begin() + static_cast<std::ptrdiff_t>(place));
    ++answered_;
    on_outcome_(task, std::move(outcome));
  }

  /// A dead worker makes room for another. Tasks that it was done with, whose answers went with it, are run again, as
  /// are those that it had not begun; the one that it was at may be to blame.
  void replace(Worker& worker, bool blameless) {
    const int status = dismiss(worker, SIGKILL);
    const std::uint64_t begun = started(worker) - worker.answered;
    const std::size_t place = begun > 0 ? static_cast<std::size_t>(begun) - 1 : 0;
    if (!blameless && place < worker.queue.size())
      judge(worker, place, status);
    again_.insert(again_.begin(), worker.queue.begin(), worker.queue.end());
    worker.queue.clear();
    if (answered_ < tasks_.size())
      hire(worker), feed(worker);
  }

  void judge(Worker& worker, std::size_t place, int status) {
    if (worker.overdue != 0) {
      if (worker.overdue == started(worker)) // else it was done after all, just before it was killed
        finish(worker, place, {Outcome::Kind::timed_out, fmt::format("took longer than {} s", options_.seconds_per_task)});
    } else if (!(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
      finish(worker, place, crash(status));
    } else if (++deaths_[worker.queue[place]] >= 3) {
      // Killed from outside: the task is not to blame for the first deaths; after three it is recorded.
      finish(worker, place, {Outcome::Kind::crashed, "worker killed three times"});
    }
  }

  const std::vector<std::string>& tasks_;
  const std::function<std::string(const std::string&)>& job_;
  const std::function<void(std::size_t, Outcome)>& on_outcome_;
  const PoolOptions& options_;
  std::vector<Worker> workers_;
  WorkerCounters started_;
  std::size_t depth_;
  std::deque<std::size_t> again_; ///< tasks to be run again; then come the untouched ones, from next_
  std::size_t next_ = 0, answered_ = 0;
  std::map<std::size_t, int> deaths_;
};

} // namespace

void run_in_workers(const std::vector<std::string>& tasks, int workers,
                    const std::function<std::string(const std::string&)>& job,
                    const std::function<void(std::size_t, Outcome)>& on_outcome, const PoolOptions& options) {
  if (!tasks.empty())
    Pool(tasks, std::max(1, workers), job, on_outcome, options).run();
}

} // namespace moesaic::sim
