#include <doctest/doctest.h>

#include <cmath>

#include "sim/sweep/job.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

/// Schaffer's problem: f1 = x^2, f2 = (x - 2)^2, whose front is 0 <= x <= 2; `y` only makes things worse.
results::RunRecord schaffer(const Plan& plan, const Point& point) {
  double x = 5, y = 0;
  for (const Setting& setting : point.settings)
    (plan.spec.variables[setting.variable].name == "x" ? x : y) = *setting.value.number;
  results::RunRecord record;
  record.seconds.nominal = x * x + y;
  record.joules.nominal = (x - 2) * (x - 2) + y;
  return record;
}

const char* const problem = "kind: search\npopulation: 40\ngenerations: 25\nseed: 3\n"
                            "vary:\n"
                            "  x: {of: chip, key: core.count, range: [-10, 10]}\n"
                            "  y: {of: chip, key: clock, range: [0.01 Hz, 10 Hz]}\n";

Job job_for(const Folder& folder, const std::string& text, const Evaluator& evaluate) {
  JobOptions options;
  options.folder = folder.file("out");
  options.version = "1.0";
  options.engine.workers = 2;
  return {parse_spec("workload: " + folder.file("layer.yaml") + "\nmachines: [" + folder.file("chip.yaml") +
                         "]\n" + text,
                     "sweep.yaml"),
          evaluate, [](const Inputs&) { return std::vector<std::vector<Figure>>(); }, options};
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a search finds the known front, and started again runs nothing") {
    const Folder folder;
    Job job = job_for(folder, problem, schaffer);
    job.run();
    CHECK(job.points() > 500);
    job.merge();
    int best = 0;
    double least_y = 10;
    for (const auto& [name, point] : read_finished(folder.file("out")))
      least_y = std::min(least_y, point->seconds().nominal);
    std::ifstream csv(folder.file("out/points.csv"));
    std::string line;
    std::getline(csv, line);
    while (std::getline(csv, line)) {
      std::istringstream cells(line);
      std::vector<std::string> cell;
      for (std::string text; std::getline(cells, text, ',');)
        cell.push_back(text);
      if (cell[cell.size() - 3] == "1") { // `best`, before `reason` and `name`
        ++best;
        const double x = std::stod(cell[4]);
        CHECK(x > -0.3);
        CHECK(x < 2.3);
      }
    }
    CHECK(best > 20);
    CHECK(least_y < 0.5);
    Job again =
        job_for(folder, problem, [](const Plan&, const Point&) -> results::RunRecord { std::abort(); });
    again.run();
    CHECK(again.points() == job.points());
  }

  TEST_CASE("constraints and failed points are worse than all others") {
    const Folder folder;
    Job job = job_for(folder, std::string(problem) + "constraints: [x >= 1, seconds < 9]\n", schaffer);
    job.run();
    CHECK(job.points() > 100);
    const std::string text = job.merge();
    CHECK(text.find("Pareto front") != std::string::npos);
  }

  TEST_CASE("a search that cannot be is refused") {
    const Folder folder;
    const auto error = [&](const std::string& text) {
      try {
        job_for(folder, text, schaffer);
      } catch (const InputError& bad) {
        return std::string(bad.what());
      }
      return std::string();
    };
    CHECK(error("kind: search\npopulation: 6\ngenerations: 2\n").find("at least 8") != std::string::npos);
    CHECK(error(std::string(problem) + "tokens: [1, 2]\n").find("not supported") != std::string::npos);
    CHECK(error("kind: search\npopulation: 8\ngenerations: 2\nvary:\n  x: {of: chip, key: core.count, "
                "formula: 1 + 1}\n")
              .find("needs something to vary") != std::string::npos);
    CHECK(error("kind: search\npopulation: 10000\ngenerations: 100000\nvary:\n"
                "  x: {of: chip, key: core.count, range: [1, 2]}\n")
              .find("--allow-points") != std::string::npos);
  }
}
