#include <doctest/doctest.h>

#include <cmath>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <random>
#include <set>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>

#include "sim/sweep/engine.hpp"
#include "sim/sweep/journal.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

const char* const hundred =
    "vary:\n  n: {of: chip, key: core.count, range: [1, 100], steps: 100, whole: true}\n";

double number_of(const Point& point) {
  return point.settings.empty() ? 0 : *point.settings[0].value.number;
}

/// A stand-in for a machine, whose results follow from the point by a formula.
results::RunRecord fake_record(const Plan& plan, const Point& point) {
  results::RunRecord record;
  record.machine = plan.inputs.machines[point.machine].name;
  record.kind = "gpu";
  record.workload = plan.inputs.workloads[point.workload].name;
  record.tokens = point.tokens;
  const double n = number_of(point);
  record.seconds = {1 / (n + 3), 0.5 / (n + 3), 2 / (n + 3)};
  record.joules = {std::sqrt(n), 0, 2 * std::sqrt(n)};
  record.bound = "compute";
  record.energy = {{"chip.core", "a \"quoted\" action\n", "active", 1234567890123456789u, record.joules,
                    "core.e", "maker"}};
  return record;
}

/// Notes in `log` that the point was run, in one write, so that no kill tears it.
Evaluator logging(const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  return [file](const Plan& plan, const Point& point) {
    const std::string line = point.hash + "\n";
    if (write(file, line.data(), line.size()) < 0)
      std::abort();
    return fake_record(plan, point);
  };
}

std::map<std::string, int> runs_in(const std::string& log) {
  std::map<std::string, int> runs;
  std::ifstream in(log);
  for (std::string name; std::getline(in, name);)
    ++runs[name];
  return runs;
}

EngineOptions workers(int count) {
  EngineOptions options;
  options.workers = count;
  return options;
}

void check_complete(const Plan& plan, const std::string& folder) {
  const Finished finished = read_finished(folder);
  CHECK(finished.size() == plan.points.size());
  for (const Point& point : plan.points) {
    REQUIRE(finished.count(point.hash));
    const FinishedPoint& result = *finished.at(point.hash);
    REQUIRE(result.has_result());
    CHECK(to_line({Outcome::Kind::done, "", result.record()}) ==
          to_line({Outcome::Kind::done, "", fake_record(plan, point)}));
  }
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every point is run once; a second sweep runs nothing, a larger one the rest") {
    const Folder folder;
    const Plan plan = folder.plan(hundred);
    const std::string log = folder.file("log"), out = folder.file("out");
    const auto first = run_points(plan, logging(log), out, workers(2));
    CHECK(first.points == 101);
    CHECK(first.done == 101);
    check_complete(plan, out);
    const auto again = run_points(plan, logging(log), out, workers(2));
    CHECK(again.kept == 101);
    CHECK(again.done == 0);
    const Plan larger =
        folder.plan("vary:\n  n: {of: chip, key: core.count, range: [1, 120], steps: 120, whole: true}\n");
    CHECK(run_points(larger, logging(log), out, workers(1)).done == 20);
    for (const auto& [name, runs] : runs_in(log))
      CHECK(runs == 1);
  }

  TEST_CASE("a record comes back from its line to the bit") {
    const Folder folder;
    const Plan plan = folder.plan(hundred);
    const auto record = fake_record(plan, plan.points[41]);
    const auto back = from_line(to_line({Outcome::Kind::done, "", record})).record;
    CHECK(back.joules.nominal == record.joules.nominal);
    CHECK(back.energy[0].action == record.energy[0].action);
    CHECK(back.energy[0].count == record.energy[0].count);
    CHECK(to_line({Outcome::Kind::done, "", back}) == to_line({Outcome::Kind::done, "", record}));
    CHECK(to_line({Outcome::Kind::done, "", record}).find('\n') == std::string::npos);
    auto broken = record;
    broken.seconds.nominal = std::nan("");
    CHECK_THROWS_AS(to_line({Outcome::Kind::done, "", broken}), std::runtime_error);
  }

  TEST_CASE("points that crash, hang, eat memory or cannot be run are recorded, once, with their reason") {
    const Folder folder;
    const Plan plan = folder.plan("limits: {time: 3 s, memory: 1 GB}\n" + std::string(hundred));
    const std::string out = folder.file("out");
    bool bad = true;
    const auto evaluate = [&](const Plan& all, const Point& point) {
      const double n = bad ? number_of(point) : 0;
      if (n == 10)
        std::raise(SIGSEGV);
      if (n == 20)
        std::this_thread::sleep_for(std::chrono::minutes(5));
      if (n == 30)
        throw std::bad_alloc();
      if (n == 40)
        throw InputError("does not fit by 3 cores");
      return fake_record(all, point);
    };
    const auto summary = run_points(plan, evaluate, out, workers(2));
    CHECK(summary.done == 97);
    CHECK(summary.without == 4);
    std::map<std::string, std::string> reasons;
    for (const auto& [name, point] : read_finished(out))
      if (!point->has_result())
        reasons[to_string(point->status())] = point->reason();
    CHECK(reasons.size() == 4);
    CHECK(reasons["crashed"].find("signal 11") != std::string::npos);
    CHECK(reasons["timed out"] == "took longer than 3 s");
    CHECK(reasons["input error"] == "does not fit by 3 cores");
    CHECK(reasons.count("out of memory"));
    bad = false;
    CHECK(run_points(plan, evaluate, out, workers(2)).done == 0);
    EngineOptions retry = workers(2);
    retry.retry = true;
    CHECK(run_points(plan, evaluate, out, retry).done == 4);
    check_complete(plan, out);
  }

  TEST_CASE("the parts of a cluster job share the points between them") {
    const Folder folder;
    const Plan plan = folder.plan(hundred);
    EngineOptions options = workers(1);
    options.parts = 3;
    std::size_t done = 0;
    for (options.part = 0; options.part < 3; ++options.part)
      done += run_points(plan, fake_record, folder.file("out"), options).done;
    CHECK(done == 101);
    check_complete(plan, folder.file("out"));
    CHECK(run_points(plan, fake_record, folder.file("out"), workers(1)).kept == 101);
  }

  TEST_CASE("a full disk ends the sweep with an error and loses no finished point") {
    const Folder folder;
    const Plan plan = folder.plan(hundred);
    const std::string out = folder.file("out");
    const pid_t child = fork();
    if (child == 0) {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{10000, 10000};
      setrlimit(RLIMIT_FSIZE, &limit);
      try {
        run_points(plan, fake_record, out, workers(2));
      } catch (const InputError&) {
        _exit(7);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 7);
    const std::size_t kept = read_finished(out).size();
    CHECK(kept > 10);
    CHECK(kept < 101);
    CHECK(run_points(plan, fake_record, out, workers(2)).kept == kept);
    check_complete(plan, out);
  }
}

TEST_SUITE("system") {
  TEST_CASE("a hundred kills at random moments lose no finished point and repeat none") {
    const Folder folder;
    const Plan plan =
        folder.plan("vary:\n  n: {of: chip, key: core.count, range: [1, 4000], steps: 4000, whole: true}\n");
    const std::string log = folder.file("log"), out = folder.file("out");
    std::mt19937_64 random(1);
    std::set<std::string> finished;
    std::map<std::string, int> runs_when_finished;
    unsigned longest = 15000; // us until a kill; grows on a machine too slow to finish a point by then
    for (int kills = 0; kills < 100; ++kills) {
      const pid_t child = fork();
      if (child == 0) {
        setpgid(0, 0);
        const auto note = logging(log);
        const auto slow = [&](const Plan& all, const Point& point) {
          std::this_thread::sleep_for(std::chrono::microseconds(400));
          return note(all, point);
        };
        run_points(plan, slow, out, workers(2));
        _exit(0);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % longest));
      // In turn the parent alone, whose workers must follow it, and all at once, as a power cut would.
      kill(kills % 2 ? -child : child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      kill(-child, SIGKILL); // what is left of its workers is gone before the next start counts runs
      const auto runs = runs_in(log);
      const Finished now = read_finished(out);
      for (const auto& name : finished) {
        CHECK(now.count(name));                              // nothing is lost
        CHECK(runs.at(name) == runs_when_finished.at(name)); // and nothing repeated
      }
      if (now.size() == finished.size())
        longest += 1000;
      for (const auto& [name, point] : now)
        if (finished.insert(name).second)
          runs_when_finished[name] = runs.at(name);
    }
    CHECK(finished.size() > 10);
    run_points(plan, logging(log), out, workers(2));
    check_complete(plan, out);
    const auto runs = runs_in(log);
    for (const auto& [name, count] : runs_when_finished)
      CHECK(runs.at(name) == count);
  }

  TEST_CASE("workers killed at random moments are replaced and their points run again") {
    const Folder folder;
    const Plan plan = folder.plan(hundred);
    const std::string log = folder.file("log"), out = folder.file("out");
    std::mt19937_64 random(2);
    int kills = 0;
    const auto note = logging(log);
    const auto evaluate = [&](const Plan& all, const Point& point) {
      std::this_thread::sleep_for(std::chrono::milliseconds(3)); // longer than an answer waits for others
      return note(all, point);
    };
    std::size_t finished = 0;
    std::map<std::string, int> runs_when_finished;
    EngineOptions options = workers(2);
    options.progress = [&](std::size_t, std::size_t) {
      if (++finished % 10 == 0) // what the journal holds is not run again
        for (const auto& [name, point] : read_finished(out))
          runs_when_finished.emplace(name, runs_in(log)[name]);
      // The workers are this process' children: kill one of them now and then.
      if (random() % 3)
        return;
      std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
      pid_t worker = 0;
      if (children >> worker && kill(worker, SIGKILL) == 0)
        ++kills;
    };
    const auto summary = run_points(plan, evaluate, out, options);
    CHECK(kills > 10);
    CHECK(summary.done + summary.without == 101);
    CHECK(read_finished(out).size() == 101);
    CHECK(runs_when_finished.size() > 50);
    const auto runs = runs_in(log);
    for (const auto& [name, count] : runs_when_finished)
      // A point whose three workers were all killed before they noted it is recorded without a run.
      CHECK((runs.count(name) ? runs.at(name) : 0) == count);
    std::map<std::string, int> lines;
    read_journal(out + "/points.journal", [&](std::string_view name, std::string_view) { return ++lines[std::string(name)] > 0; });
    for (const auto& [name, count] : lines)
      CHECK(count == 1); // and none is recorded twice
  }
}
