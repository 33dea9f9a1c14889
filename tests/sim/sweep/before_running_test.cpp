// What is found before anything runs: formulas without a value, points that cannot be, folders that are not a sweep's.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>

#include <fmt/format.h>

#include "sim/machine/machine.hpp"
#include "sim/sweep/job.hpp"
#include "sim/sweep/machine_evaluator.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

std::string message(const std::function<void()>& what) {
  try {
    what();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

Plan real_plan(const std::string& text) {
  Spec spec = parse_spec(text, "sweep.yaml");
  Inputs inputs = load_inputs(spec);
  return make_plan(std::move(spec), std::move(inputs), "1.0");
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a formula that divides by zero whatever its names stand for is none; one that does here and there is") {
    for (const char* bad : {"a / 0 > 1", "1 / 0 > a", "a / (2 - 2) < 3", "log(0) > a", "sqrt(0 - 1 - a * a) > 1", "a % 1 > 0 / 0"})
      CHECK_MESSAGE(message([&] { const Formula formula{std::string(bad)}; }) != "", bad);
    for (const char* good : {"a / b > 1", "1 / (a - 1) > 0", "a > 1 ? 1 / (a - 1) : 0", "sqrt(a) > 1", "log(a) < 3",
                             "a > 1 && b < 2 || a == b", "floor(a / 2) * 2 == a", "min(a, b) ^ 0.5 > max(a, 1)"})
      CHECK_MESSAGE(message([&] { const Formula formula{std::string(good)}; }) == "", good);
    const Formula formula("1 / (a - 1) > 0");
    CHECK(formula.defined({3}) == 1.0);
    CHECK(formula.defined({0}) == 0.0);
    CHECK_FALSE(formula.defined({1}));
  }

  TEST_CASE("constraints without a value are refused, where none of their points has one and where one has not") {
    const Folder folder;
    const std::string vary = "vary:\n  n: {of: chip, key: core.count, values: [1, 2, 3]}\n";
    CHECK(folder.error(vary + "constraints: [n / 0 > 1]\n").find("sweep.yaml:5:15: constraints[0]: 'n / 0 > 1' has no value") == 0);
    CHECK(folder.error(vary + "constraints: [seconds / 0 < 1]\n").find("has no value") != std::string::npos);
    CHECK(folder.error(vary + "constraints: [2 > 1]\n").find("names no variable") != std::string::npos);
    CHECK(folder.error(vary + "constraints: [4 / (n - 2) > 1]\n").find("'4 / (n - 2) > 1' has no value at n = 2") != std::string::npos);
    CHECK(folder.plan(vary + "constraints: ['n == 2 ? 0 : 4 / (n - 2) > 1']\n").points.size() == 2); // n = 3, and the other machine
  }

  TEST_CASE("values that a machine cannot have are found before it runs") {
    const std::string head = "workload: reduced-moe\nmachines: [loihi2]\nvary:\n";
    CHECK(message([&] { check_points(real_plan(head + "  n: {of: loihi2, key: chip.cores, values: [100 cores, 200 cores]}\n")); })
              .find("loihi2 with n = 200 cores cannot be: ") != std::string::npos);
    CHECK(message([&] { check_points(real_plan(head + "  p: {of: loihi2, key: chip.static_power, range: [-1 W, 1 W], steps: 200}\n")); })
              .find("p = -1 W cannot be") != std::string::npos);
    CHECK(message([&] {
            check_points(real_plan(head + "  n: {of: loihi2, key: chip.cores, values: [100 cores, 200 cores]}\nconstraints: [n < 150]\n"));
          }) == "");
    CHECK(message([&] { check_points(real_plan(head + "  k: {of: workload, key: router.top_k, values: [4, 40]}\n")); })
              .find("k = 40 cannot be: ") != std::string::npos);
  }

  TEST_CASE("a constant's interval is cut at 1 where its machine takes no more, and so are its draws") {
    const Spec spec = parse_spec("workload: reduced-moe\nmachines: [gemini1, h100]\nkind: sensitivity\nsamples: 50\n", "sweep.yaml");
    const Inputs inputs = load_inputs(spec);
    const auto figures = machine_figures(inputs);
    int cut = 0;
    for (std::size_t m = 0; m < figures.size(); ++m) {
      const Document fresh = Document::parse(inputs.machines[m].document.text(), inputs.machines[m].document.file());
      sim::make_machine(fresh);
      REQUIRE(fresh.figures().size() == figures[m].size());
      for (std::size_t i = 0; i < figures[m].size(); ++i) {
        const Figure &written = fresh.figures()[i], &used = figures[m][i];
        CAPTURE(written.path);
        CHECK(used.low == written.low);
        if (used.high == written.high)
          continue;
        ++cut;
        CHECK(used.high == 1);
        CHECK(written.high > 1);
        CHECK(written.value <= 1);
        CHECK_THROWS_AS(sim::make_machine(with_overrides(fresh, {{written.path, fmt::format("{} {}", written.high, written.unit)}}, "")),
                        InputError);
        CHECK(draw(used, 1) == 1);
        CHECK(draw(used, 0.99) < 1);
      }
    }
    CHECK(cut > 0);
  }

  TEST_CASE("a folder with foreign files is refused before anything is written; a sweep's own is gone on with") {
    const Folder folder;
    const auto job = [&](const std::string& where) {
      JobOptions options;
      options.folder = folder.file(where);
      options.version = "1.0";
      return Job(parse_spec(folder.head(), "sweep.yaml"), nullptr, nullptr, options);
    };
    CHECK(message([&] { job("absent").check_folder(); }) == "");
    std::filesystem::create_directories(folder.file("mine"));
    CHECK(message([&] { job("mine").check_folder(); }) == "");
    folder.write("mine/thesis.tex", "x");
    folder.write("mine/report.html", "x");
    folder.write("mine/photo.png", "x");
    CHECK(message([&] { job("mine").check_folder(); }).find("mine: holds other files (photo.png and 1 more) and no sweep's journal") !=
          std::string::npos);
    folder.write("mine/points.journal", "");
    CHECK(message([&] { job("mine").check_folder(); }) == "");
  }

  TEST_CASE("a reader of journals reads each line once, also what is like a line of before") {
    const Folder folder;
    const Plan plan = folder.plan("vary:\n  n: {of: chip, key: core.count, range: [1, 60], steps: 60, whole: true}\n");
    const auto made = [](const Plan& of, const Point& point) {
      results::RunRecord record;
      record.machine = of.inputs.machines[point.machine].name;
      record.kind = "gpu";
      record.bound = "memory";
      record.seconds = {1, 1, 1};
      record.joules = {point.settings.empty() ? 0 : *point.settings[0].value.number, 0, 99};
      return record;
    };
    Plan some = plan;
    some.points.resize(20);
    FinishedReader reader(folder.file("out"));
    run_points(some, made, folder.file("out"), {}, reader);
    reader.read();
    CHECK(reader.points().size() == 20);
    { // what has been read is not looked at again
      std::fstream file(folder.file("out/points.journal"), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(100);
      file << "damaged";
    }
    run_points(plan, made, folder.file("out"), {}, reader);
    reader.read();
    CHECK(reader.damaged() == 0);
    REQUIRE(reader.points().size() == plan.points.size());
    for (const Point& point : plan.points)
      CHECK(reader.points().at(point.hash)->record().joules.nominal == made(plan, point).joules.nominal);
    std::size_t damaged = 0;
    CHECK(read_finished(folder.file("out"), &damaged).size() < plan.points.size());
    CHECK(damaged > 0);
  }
}
