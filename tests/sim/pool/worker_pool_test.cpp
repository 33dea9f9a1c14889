#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "description/error.hpp"
#include "sim/pool/worker_pool.hpp"

using namespace moesaic;
using namespace moesaic::sim;

namespace {

std::string job(const std::string& task) {
  if (task == "abort")
    std::raise(SIGABRT);
  if (task == "exit")
    _exit(3);
  if (task == "input")
    throw InputError("chip.yaml:1:1: wrong");
  if (task == "throw")
    throw std::runtime_error("bad");
  if (task == "hang")
    std::this_thread::sleep_for(std::chrono::minutes(5));
  if (task == "memory")
    return std::string(std::size_t{1} << 32, 'x').substr(0, 1);
  return task + task;
}

std::vector<Outcome> run(const std::vector<std::string>& tasks, int workers, const PoolOptions& limits = {}) {
  std::vector<Outcome> outcomes(tasks.size());
  std::vector<int> answers(tasks.size(), 0);
  run_in_workers(
      tasks, workers, job,
      [&](std::size_t i, Outcome outcome) {
        outcomes[i] = std::move(outcome);
        ++answers[i];
      },
      limits);
  for (int count : answers)
    CHECK(count == 1);
  return outcomes;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every task is answered once, whatever the number of workers") {
    std::vector<std::string> tasks;
    for (int i = 0; i < 1000; ++i)
      tasks.push_back(std::to_string(i));
    for (int workers : {1, 2, 5}) {
      const auto outcomes = run(tasks, workers);
      for (int i = 0; i < 1000; ++i) {
        CHECK(outcomes[i].kind == Outcome::Kind::done);
        CHECK(outcomes[i].text == tasks[i] + tasks[i]);
      }
    }
  }

  TEST_CASE("a task that crashes, exits, throws, hangs or eats memory costs exactly itself") {
    std::vector<std::string> tasks;
    for (int i = 0; i < 40; ++i)
      tasks.push_back(std::to_string(i));
    tasks[3] = "abort", tasks[10] = "exit", tasks[11] = "input", tasks[20] = "throw", tasks[25] = "hang",
    tasks[30] = "memory";
    PoolOptions limits;
    limits.seconds_per_task = 0.5;
    limits.bytes_per_worker = std::size_t{1} << 30;
    const auto outcomes = run(tasks, 2, limits);
    CHECK(outcomes[3].kind == Outcome::Kind::crashed);
    CHECK(outcomes[3].text == "worker ended by signal 6 (Aborted)");
    CHECK(outcomes[10].text == "worker ended with exit code 3");
    CHECK(outcomes[11].kind == Outcome::Kind::input_error);
    CHECK(outcomes[11].text == "chip.yaml:1:1: wrong");
    CHECK(outcomes[20].kind == Outcome::Kind::failed);
    CHECK(outcomes[25].kind == Outcome::Kind::timed_out);
    CHECK(outcomes[30].kind == Outcome::Kind::out_of_memory);
    int done = 0;
    for (const auto& outcome : outcomes)
      done += outcome.kind == Outcome::Kind::done;
    CHECK(done == 34);
  }

  TEST_CASE("answers that wait to go together are not lost with a task that crashes, and no other is blamed") {
    std::vector<std::string> tasks;
    for (int i = 0; i < 2000; ++i)
      tasks.push_back(i % 97 == 96 ? "abort" : std::to_string(i));
    for (int workers : {1, 3}) {
      const auto outcomes = run(tasks, workers);
      for (int i = 0; i < 2000; ++i) {
        CAPTURE(i);
        CHECK(outcomes[i].kind == (i % 97 == 96 ? Outcome::Kind::crashed : Outcome::Kind::done));
      }
    }
  }

  TEST_CASE("an exception from the receiver ends the pool and passes on") {
    CHECK_THROWS_AS(
        run_in_workers({"a", "b"}, 2, job, [](std::size_t, Outcome) { throw InputError("disk full"); }),
        InputError);
  }
}
