#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <sstream>

#include "sim/sweep/engine.hpp"
#include "sim/sweep/journal.hpp"
#include "sim/sweep/point_lines.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

results::RunRecord record_of(std::uint64_t number, const char* bound = "memory") {
  const auto value = static_cast<double>(number);
  results::RunRecord record;
  record.machine = "chip";
  record.kind = "gpu";
  record.workload = "layer";
  record.bound = bound;
  record.tokens = 1 + static_cast<int>(number % 7);
  record.chips = number;
  record.seconds = {1 / (value + 3), 0.1, 0.7};
  record.joules = {std::sqrt(value), 0, 2 * value};
  record.bound_share = {{"memory", 0.25}, {"compute", 0.75}};
  record.energy = {{"chip.core", "add", "active", number, {value / 7, 0, 1}, "core.add", "maker"}};
  record.statistics = {{"hops", "flit-hops", "total", "", value * 1e-9}};
  return record;
}

std::string text_of(const results::RunRecord& record) {
  return to_line({Outcome::Kind::done, "", record});
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("records come back from their lines to the bit, whatever bytes their numbers have") {
    PointWriter writer;
    PointReader reader;
    std::mt19937_64 random(1);
    std::size_t bytes = 0, json = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
      auto record = record_of(i % 5 ? i : random());
      record.joules.low = i % 11 ? 0.0 : -0.0;
      record.chips = i % 3 ? 0x0a0a0a0a0a0a0a0au + i : 0x1b1b1b1b1b1b1b1bu; // line breaks and escapes
      const std::string line = writer.write("point " + std::to_string(i), record);
      CHECK(line.find('\n') == std::string::npos);
      const auto point = reader.read("point " + std::to_string(i), line);
      REQUIRE(point);
      CHECK(text_of(point->record()) == text_of(record));
      CHECK(std::signbit(point->joules().low) == std::signbit(record.joules.low));
      CHECK(point->statistic(0) == record.statistics[0].value);
      CHECK(point->count(0) == record.energy[0].count);
      bytes += line.size(), json += text_of(record).size();
    }
    CHECK(bytes < json / 2);
  }

  TEST_CASE("other texts make another base; a number that is not finite is refused by name") {
    PointWriter writer;
    PointReader reader;
    for (int i = 0; i < 40; ++i) {
      const std::string bound = "bound " + std::to_string(i % 20); // more than are remembered
      const auto record = record_of(static_cast<std::uint64_t>(i), bound.c_str());
      const auto point = reader.read(std::to_string(i), writer.write(std::to_string(i), record));
      REQUIRE(point);
      CHECK(point->like().bound == bound);
    }
    auto broken = record_of(1, "bound 19");
    broken.statistics[0].value = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH_AS(writer.write("x", broken), "the result's hops is inf", std::runtime_error);
  }

  TEST_CASE("a line that does not say what it needs is no point") {
    PointWriter writer;
    PointReader reader;
    reader.read("a", writer.write("a", record_of(1)));
    const std::string line = writer.write("b", record_of(2));
    CHECK_THROWS_AS(reader.read("b", line.substr(0, line.size() - 1)), InputError);
    CHECK_THROWS_AS(reader.read("b", line + "x"), InputError);
    CHECK_THROWS_AS(reader.read("b", line.substr(0, 25)), InputError);
    CHECK(PointReader().read("b", line) == nullptr); // its base is in another journal
    std::string other = line;
    other[3] = static_cast<char>(other[3] ^ 1);
    CHECK(reader.read("b", other) == nullptr);
  }

  TEST_CASE("a damaged base costs the points that are like it, which run again, and no other") {
    const Folder folder;
    const Plan plan =
        folder.plan("vary:\n  n: {of: chip, key: core.count, range: [1, 2500], steps: 2500, whole: true}\n");
    const auto evaluate = [](const Plan& all, const Point& point) {
      return record_of(point.settings.empty() ? 0 : static_cast<std::uint64_t>(*point.settings[0].value.number),
                       all.inputs.machines[point.machine].name.c_str());
    };
    EngineOptions one;
    const std::string out = folder.file("out"), journal = out + "/points.journal";
    CHECK(run_points(plan, evaluate, out, one).done == 2501);
    const auto whole = read_finished(out);
    // The second base: the point that is JSON after the first.
    std::string text;
    {
      std::stringstream all;
      all << std::ifstream(journal, std::ios::binary).rdbuf();
      text = all.str();
    }
    const std::size_t second = text.find(" {\"status\"", text.find(" {\"status\"") + 1);
    REQUIRE(second != std::string::npos);
    text[second + 20] = static_cast<char>(text[second + 20] ^ 1);
    std::ofstream(journal, std::ios::binary) << text;
    std::size_t damaged = 0;
    const std::size_t left = read_finished(out, &damaged).size();
    CHECK(damaged == 1001); // it, and the thousand that are written like one base at most
    CHECK(left == 2501 - damaged);
    const auto again = run_points(plan, evaluate, out, one);
    CHECK(again.kept == left);
    CHECK(again.done == damaged);
    const auto mended = read_finished(out);
    REQUIRE(mended.size() == whole.size());
    for (const auto& [name, point] : whole)
      CHECK(text_of(mended.at(name)->record()) == text_of(point->record()));
  }
}
