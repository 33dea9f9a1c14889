#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/sim/program.hpp"
#include "tests/sim/record_json.hpp"

namespace fs = std::filesystem;

namespace {

const char* const small = R"yaml(kind: hyperon
title: a small graph
sources: {own: {title: a test, where: here}}
space:
  symbols: 60
  relations:
    edge: {generate: random_pairs, facts: 500}
  source: own
  confidence: exact
queries:
  paths: {match: "(edge $x $y) (edge $y $z)", answers: "$x $z"}
  closed: {match: "(edge $x $y) (edge $y $z) (edge $x $z)"}
published:
  - {query: closed, by: somebody, time: {value: 3 s, source: own, confidence: low}, answers: 7}
)yaml";

void write(const std::string& file, const std::string& text) {
  std::ofstream(file) << text;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("queries are compared with the CPU's join: the same answers, a verdict, the published times") {
    const TemporaryFolder folder;
    write(folder / "small.yaml", small);
    const Answer answer = run_moesaic(folder, "compare small.yaml --output run --json");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    const auto run = nlohmann::json::parse(answer.out);
    REQUIRE(run.at("records").size() == 4);
    for (int query = 0; query < 2; ++query) {
      const auto& ours = run.at("records")[query];
      const auto& cpu = run.at("records")[query + 2];
      CHECK(ours.at("machine") == "gemini1");
      CHECK(cpu.at("kind") == "cpu");
      CHECK(statistic(ours, "answers") == statistic(cpu, "answers"));
      CHECK(statistic(ours, "point_queries") > 0);
      const double joules = cpu.at("joules").at("nominal"), seconds = cpu.at("seconds").at("nominal");
      CHECK(joules == doctest::Approx(41 * seconds)); // of one thread, as hw/catalog/cpu.yaml has it
      CHECK(ours.at("joules").at("nominal").get<double>() <
            ours.at("power_limit").get<double>() * ours.at("seconds").at("nominal").get<double>());
    }
    const std::string verdict = run.at("verdict")[1];
    CHECK(verdict.find("gemini1 against the CPU, query closed") == 0);
    CHECK(verdict.find("energy") != std::string::npos);
    CHECK(run.dump().find("published, not of this run: somebody takes 3.00 s for 7 answers") != std::string::npos);
    CHECK(fs::file_size(folder / "run/report.html") > 100);
    CHECK(run_moesaic(folder, "report run").code == 0);
  }

  TEST_CASE("a processor without a power has no energy, and the verdict says so") {
    const TemporaryFolder folder;
    write(folder / "small.yaml", small);
    write(folder / "bare.yaml", "kind: cpu\nname: bare\ntitle: this host\n");
    const Answer answer = run_moesaic(folder, "compare small.yaml --against bare.yaml --output run --json");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    CHECK(nlohmann::json::parse(answer.out).at("verdict")[1].get<std::string>().find("not stated") != std::string::npos);
  }

  TEST_CASE("a part of a workload of queries is a smaller one, says so, and carries values") {
    const TemporaryFolder folder;
    const Answer part = run_moesaic(folder, "compare hyperon-transitive --scale 0.02 --values");
    CAPTURE(part.error);
    CHECK(part.code == 0);
    CHECK(part.out.find("DIFFERENT") == std::string::npos);
    const Answer compared = run_moesaic(folder, "compare hyperon-transitive --scale 0.02 --json");
    REQUIRE(compared.code == 0);
    const auto run = nlohmann::json::parse(compared.out);
    CHECK(run.at("title").get<std::string>().find("0.02 of its symbols and facts") != std::string::npos);
    CHECK(run.at("command").get<std::string>().find("--scale 0.02") != std::string::npos);
    CHECK(compared.out.find("published, not of this run") == std::string::npos);
    CHECK(run_moesaic(folder, "compare reduced-moe --scale 0.5").code == 2);
    CHECK(run_moesaic(folder, "compare hyperon-clique --scale 0").code != 0);
  }

  TEST_CASE("the bit planes find the answers of the join") {
    const TemporaryFolder folder;
    write(folder / "small.yaml", small);
    const Answer answer = run_moesaic(folder, "compare small.yaml --values");
    CAPTURE(answer.error);
    CHECK(answer.code == 0);
    CHECK(answer.out.find("equal") != std::string::npos);
    CHECK(answer.out.find("DIFFERENT") == std::string::npos);
  }

  TEST_CASE("a machine that answers no queries is left out and named; layers on a CPU and other options are refused") {
    const TemporaryFolder folder;
    write(folder / "small.yaml", small);
    const Answer answer = run_moesaic(folder, "compare small.yaml --against cpu,h100 --output run");
    CHECK(answer.code == 2); // it was asked for by name
    CHECK(answer.error.find("h100: conjunctive queries are not supported") != std::string::npos);
    const std::size_t row = answer.out.find("\nh100 ");
    REQUIRE(row != std::string::npos);
    CHECK(answer.out.find("  cannot run: conjunctive queries are not supported", row) < answer.out.find('\n', row + 1));
    CHECK(answer.out.find("\ngemini1 ") != std::string::npos); // the others are shown
    fs::remove_all(folder / "run");
    std::string cyclic = small;
    cyclic.replace(cyclic.find("(edge $x $z)"), 12, "(edge $y $x)");
    write(folder / "cyclic.yaml", cyclic);
    const std::pair<const char*, const char*> cases[] = {{"compare small.yaml --batch 4", "--batch"},
                                                         {"compare small.yaml --on loihi2", "not supported"},
                                                         {"compare small.yaml --on h100 --values", "--values"},
                                                         {"compare cyclic.yaml", "two clauses over"},
                                                         {"compare reduced-moe --on cpu", "not supported"}};
    for (const auto& [arguments, message] : cases) {
      const Answer bad = run_moesaic(folder, arguments);
      CAPTURE(arguments);
      CAPTURE(bad.error);
      CHECK(bad.code == 2);
      CHECK(bad.error.find(message) != std::string::npos);
      CHECK_FALSE(fs::exists(folder / "runs"));
    }
  }
}
