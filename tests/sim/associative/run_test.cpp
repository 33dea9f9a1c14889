// What `moesaic run` tells of a program: what overlaps in its trace, and where its energy goes.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/document.hpp"
#include "results/trace.hpp"
#include "sim/associative/run.hpp"

using namespace moesaic;

namespace {

using Spans = std::vector<std::pair<double, double>>;

Document gemini1() {
  return Document::load(catalog_file("hw/catalog", "gemini1", "machine"));
}

/// The time that all of the units are at work. The spans of each follow one another.
double common(const Spans& a, const Spans& b, const Spans& c) {
  double sum = 0;
  std::size_t i = 0, j = 0, k = 0;
  while (i < a.size() && j < b.size() && k < c.size()) {
    const double end = std::min({a[i].second, b[j].second, c[k].second});
    sum += std::max(0.0, end - std::max({a[i].first, b[j].first, c[k].first}));
    (a[i].second == end ? i : b[j].second == end ? j : k)++;
  }
  return sum;
}

/// Steps that are valid in any order, in loops of one level.
std::string random_program(std::mt19937_64& random) {
  const char* steps[] = {"{op: mul_s16, vectors: [1, 0, 0]}", "{op: add_u16, vectors: [0, 0, 0]}", "{op: load_16, vectors: [0], immediates: [0]}",
                         "{op: add_subgrps_s16, vectors: [2, 0], immediates: [8192, 1]}", "{transfer: l4_l2, bytes: 64 KiB, region: data}",
                         "{wait: }", "{drain: }", "{barrier: }", "{scalar: 500}", "{scalar: 20, on: card memory}",
                         "{transfer: l4_l1, bytes: 64 KiB, slot: 0, region: data}", "{transfer: l1_l4, bytes: 64 KiB, slot: 0, region: data}"};
  std::string text = fmt::format("kind: associative_program\nname: random\ncores: {}\nregions: {{data: 1 MiB}}\nprogram:\n"
                                 "  - {{transfer: l4_l1, bytes: 64 KiB, slot: 0, region: data}}\n"
                                 "  - {{op: load_16, vectors: [0], immediates: [0]}}\n", 1 + random() % 4);
  for (int loop = 0; loop < 3; ++loop) {
    text += fmt::format("  - loop: {}\n    body:\n", 1 + random() % 50);
    for (std::uint64_t i = 0; i < 1 + random() % 6; ++i)
      text += fmt::format("      - {}\n", steps[random() % 12]);
  }
  return text;
}

nlohmann::json traced(const Document& program, const results::TraceWindow& window) {
  results::Trace trace(window);
  trace.add("gemini1", sim::associative_program_units(program, gemini1(), window));
  return nlohmann::json::parse(trace.json());
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("Perfetto shows issue, array and transfers of the overlapped retrieval at work at the same time") {
    const auto trace = traced(Document::load(catalog_file("workloads/catalog", "apu-retrieval-overlapped", "program")), {});
    std::map<int, std::string> units;
    std::map<std::string, Spans> spans;
    for (const auto& event : trace.at("traceEvents")) {
      if (event.at("pid") != 1)
        continue;
      if (event.at("ph") == "M" && event.at("name") == "thread_name")
        units[event.at("tid")] = event.at("args").at("name");
      if (event.at("ph") == "X")
        spans[units.at(event.at("tid"))].emplace_back(event.at("ts").get<double>(),
                                                      event.at("ts").get<double>() + event.at("dur").get<double>());
    }
    double array = 0;
    for (auto& [unit, all] : spans) {
      std::sort(all.begin(), all.end());
      CAPTURE(unit);
      for (std::size_t i = 1; i < all.size(); ++i) // one thing at a time on each track, to the trace's picoseconds
        REQUIRE(all[i].first >= all[i - 1].second - 1e-5);
    }
    for (const auto& [start, end] : spans.at("array"))
      array += end - start;
    CHECK(array > 0);
    CHECK(common(spans.at("issue"), spans.at("array"), spans.at("transfer 0")) > 0.5 * array);
  }

  TEST_CASE("a trace is bounded by its window and by its number of spans, and says where it was cut") {
    const Document program = Document::load(catalog_file("workloads/catalog", "apu-histogram", "program"));
    const auto events = [&](const results::TraceWindow& window) {
      const auto trace = traced(program, window);
      CHECK(trace.at("otherData").contains("followed_until_us"));
      std::vector<double> starts;
      for (const auto& event : trace.at("traceEvents"))
        if (event.at("ph") == "X")
          starts.push_back(event.at("ts"));
      return starts;
    };
    CHECK(events({0, 1e300, 1000}).size() == 1000);
    const auto some = events({0, 50e-6, 1000000});
    REQUIRE(!some.empty());
    CHECK(*std::max_element(some.begin(), some.end()) <= 50);
  }

  TEST_CASE("whatever a program does: static, issue, array and transfer apart, their sum the energy, never above the limit") {
    const Document machine = gemini1();
    std::mt19937_64 random(11);
    for (int i = 0; i < 40; ++i) {
      const std::string text = random_program(random);
      CAPTURE(text);
      const auto record = sim::run_associative_program(Document::parse(text, "random.yaml"), machine);
      std::map<std::string, double> joules;
      double sum = 0;
      for (const auto& line : record.energy)
        joules[line.component + " " + line.action] += line.joules.nominal, sum += line.joules.nominal;
      CHECK(joules.size() == 5);
      CHECK(joules.at("card static") == doctest::Approx(17.89 * record.seconds.nominal));
      CHECK(joules.at("card.core.control cycle at work") > 0);
      CHECK(joules.at("card.core.array micro-instruction") > 0);
      CHECK(joules.at("card.transfer byte moved") > 0);
      CHECK(sum == doctest::Approx(record.joules.nominal));
      CHECK(record.joules.nominal <= record.power_limit * record.seconds.nominal);
      CHECK(record.joules.high <= record.power_limit * record.seconds.high * (1 + 1e-9));
      CHECK(record.joules.low <= record.joules.nominal);
    }
  }
}
