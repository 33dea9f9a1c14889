// The built program as its user meets it: output, exit codes, what it leaves on the disk.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "tests/sim/program.hpp"

namespace fs = std::filesystem;

namespace {

/// A copy of a catalog file with one text replaced.
void write_changed(const std::string& from, const std::string& to, const std::string& what, const std::string& with) {
  std::string text = content(MOESAIC_SOURCE "/" + from);
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), with);
  std::ofstream(to) << text;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("the main job at full size: the table's figures as JSON, a run folder, a page") {
    const TemporaryFolder folder;
    const Answer answer = run_moesaic(folder, "compare deepseek-v3 --json --output run");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    const auto run = nlohmann::json::parse(answer.out);
    REQUIRE(run.at("records").size() == 4);
    // 257 experts of 3 x 7168 x 2048 weights in int8: at least 11.3 GB, or 480 chips of 120 cores with 192 KiB.
    CHECK(run.at("records")[0].at("chips").get<int>() >= 480);
    CHECK(run.at("records")[0].at("chips").get<int>() < 600);
    // 9 experts must be read at least once: 396 MB at 3.35 TB/s.
    CHECK(run.at("records")[2].at("seconds").at("nominal").get<double>() > 118e-6);
    for (const char* name : {"actions.csv", "constants.csv", "energy_table.csv", "log.txt", "report.html", "run.h5",
                             "stats.json", "inputs/workload-deepseek-v3.yaml", "inputs/hw-loihi2.yaml"})
      CHECK(fs::file_size(folder / ("run/" + std::string(name))) > 100);
    CHECK(run_moesaic(folder, "compare reduced-moe --output run").code == 2); // never written over
  }

  TEST_CASE("every machine has a point on the roofline: the layer's useful operations, the same on all") {
    const TemporaryFolder folder;
    const Answer answer = run_moesaic(folder, "compare reduced-moe --batch 3 --json --output run");
    REQUIRE(answer.code == 0);
    const auto run = nlohmann::json::parse(answer.out);
    REQUIRE(run.at("records").size() == 4);
    for (const auto& record : run.at("records")) {
      CAPTURE(record.at("machine"));
      double operations = 0, bytes = 0;
      for (const auto& statistic : record.at("statistics")) {
        if (statistic.at("name") == "operations")
          operations = statistic.at("value");
        if (statistic.at("name") == "memory_bytes")
          bytes = statistic.at("value");
      }
      // 4 routed experts and a shared one of 3 x 256 x 128 weights, and 16 router rows: two operations a weight.
      CHECK(operations == 2 * 3 * (5 * 3 * 256 * 128 + 16 * 256));
      CHECK(bytes > 0);
    }
  }

  TEST_CASE("bad input: exit code 2, the place and the nearest name, nothing on the disk") {
    const TemporaryFolder folder, files;
    write_changed("hw/catalog/h100.yaml", files / "key.yaml", "power_limit:", "power_limmit:");
    write_changed("hw/catalog/h100.yaml", files / "unit.yaml", "value: 700 W", "value: 700");
    write_changed("hw/catalog/h100.yaml", files / "source.yaml", "value: 700 W, source: aiconfigurator_system, ",
                  "value: 700 W, ");
    write_changed("workloads/catalog/reduced-moe.yaml", files / "type.yaml", "hidden: 256", "hidden: many");
    std::ofstream(files / "empty.yaml").close();
    std::ofstream(files / "table.txt") << "0 1 east\n0 1 south\n";
    const std::pair<std::string, const char*> cases[] = {
        {"compare deepseek-v4", "did you mean 'deepseek-v"},
        {"compare reduced-moe --on loihi3", "did you mean 'loihi'"},
        {"compare reduced-moe --on " + (files / "key.yaml"), "'power_limit' is missing ('power_limmit'"},
        {"compare reduced-moe --on " + (files / "unit.yaml"), "unit.yaml:"},
        {"compare reduced-moe --on " + (files / "source.yaml"), "source"},
        {"compare " + (files / "type.yaml"), "type.yaml:"},
        {"compare " + (files / "empty.yaml"), "empty.yaml"},
        {"compare " + (files / "absent.yaml"), "absent.yaml"},
        {"compare kimi-k2 --on gemini1", "missing"},
        {"compare reduced-moe --batch 0", "moesaic compare --help"},
        {"compare", "WORKLOAD is required"},
        {"comparee", "did you mean 'compare'"},
        {"hw shwo loihi2", "unknown verb 'shwo', did you mean 'show'"},
        {"compare reduced-moe --btach 3", "unknown option '--btach', did you mean '--batch'"},
        {"compare reduced-moe --sede=3", "unknown option '--sede', did you mean '--seed'"},
        {"compare reduced-moe --seed -1", "'-1' is not a whole number"},
        {"noc --seed 18446744073709551616", "'18446744073709551616' is not a whole number from 0 to 18446744073709551615"},
        {"compare apu-histogram", "moesaic run apu-histogram"},
        {"run reduced-moe", "moesaic compare reduced-moe"},
        {"compare reduced-moe --on loihi2,loihi2", "'loihi2' is named twice"},
        {"compare reduced-moe --batch 1,2,1", "'1' is named twice"},
        {"compare reduced-moe --values --output run", "leaves no run"},
        {"compare reduced-moe --output " + files.path(), "exists already"},
        {"compare reduced-moe --output " + std::string(300, 'n'), "cannot be made"},
        {"compare reduced-moe --timeline absent/t.vcd", "no folder"},
        {"run apu-histogram --trace absent/t.json", "no folder"},
        {"run apu-histogram --trace t.png", "--trace: expected a name that ends in .json or .vcd"},
        {"run apu-histogram --trace t.json --trace-window 2us:1us", "is empty"},
        {"noc --csv absent/rows.csv", "no folder"},
        {"noc --routing table", "needs --table"},
        {"noc --pattern trace", "needs --trace"},
        {"noc --hotspot 3", "is for --pattern hotspot"},
        {"noc --chip 2x2", "is for --topology chips"},
        {"noc --routing table --table " + (files / "table.txt"), "table.txt:2:1: router 0 sends to 1 east already"},
        {"map reduced-moe --on loihi2 --strategy anneal --output m.yaml", "strategy: unknown 'anneal'"},
        {"map reduced-moe --on loihi2 --output absent/m.yaml", "no folder"},
        {"check apu-histogram --rate nan", "--rate"},
        {"check apu-histogram --rate 0", "--rate"},
        {"", "subcommand"}};
    for (const auto& [arguments, message] : cases) {
      const Answer answer = run_moesaic(folder, arguments);
      CAPTURE(arguments);
      CAPTURE(answer.error);
      CHECK(answer.code == 2);
      CHECK(answer.out.empty());
      CHECK(answer.error.find(message) != std::string::npos);
      CHECK(fs::is_empty(folder.path()));
    }
  }

  TEST_CASE("a disk that is full: exit code 2, and nothing half-written") {
    const TemporaryFolder folder;
    CHECK(run_moesaic(folder, "hw list", "/dev/full").code == 2);
    CHECK(run_moesaic(folder, "compare reduced-moe --json --output run", "/dev/full").code == 2);
  }

  TEST_CASE("the values' verdict as JSON") {
    const TemporaryFolder folder;
    const Answer answer = run_moesaic(folder, "compare reduced-moe --on loihi2 --values --json");
    REQUIRE(answer.code == 0);
    const auto checks = nlohmann::json::parse(answer.out);
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].at("router_identical") == true);
    CHECK(checks[0].at("worst_error").get<double>() <= checks[0].at("error_bound").get<double>());
    CHECK(fs::is_empty(folder.path()));
  }

  TEST_CASE("a GPU alone and in a group: one description, kept once") {
    const TemporaryFolder folder;
    const Answer answer = run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100,4xH100 --output out");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    CHECK(answer.out.find("4xh100") != std::string::npos);
    CHECK(fs::exists(folder / "out/inputs/hw-h100.yaml"));
    CHECK_FALSE(fs::exists(folder / "out/inputs/hw-2-h100.yaml"));
  }

  TEST_CASE("two descriptions of one name are kept both") {
    const TemporaryFolder folder;
    write_changed("hw/catalog/h100.yaml", folder / "h100.yaml", "3350 GB/s", "3000 GB/s");
    const Answer answer = run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100,h100.yaml --output out");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    CHECK(fs::exists(folder / "out/inputs/hw-h100.yaml"));
    CHECK(fs::exists(folder / "out/inputs/hw-2-h100.yaml"));
  }

  TEST_CASE("an unknown environment variable of ours is an error") {
    const TemporaryFolder folder;
    setenv("MOESAIC_DATUM", "x", 1);
    const Answer answer = run_moesaic(folder, "workload list");
    unsetenv("MOESAIC_DATUM");
    CHECK(answer.code == 2);
    CHECK(answer.error.find("did you mean 'MOESAIC_DATA'") != std::string::npos);
  }

  TEST_CASE("the catalogs list and show everything they hold") {
    const TemporaryFolder folder;
    for (const std::string what : {"hw", "workload"}) {
      const Answer list = run_moesaic(folder, what + " list");
      REQUIRE(list.code == 0);
      std::istringstream lines(list.out);
      for (std::string line; std::getline(lines, line);) {
        const std::string name = line.substr(0, line.find(' '));
        CAPTURE(name);
        const Answer shown = run_moesaic(folder, what + " show " + name);
        CAPTURE(shown.error);
        CHECK(shown.code == 0);
        CHECK(shown.out.size() > 200);
      }
    }
  }

  TEST_CASE("a machine's figures as JSON: within their intervals, of a named source") {
    const TemporaryFolder folder;
    const Answer answer = run_moesaic(folder, "hw show spinnaker2 --json");
    REQUIRE(answer.code == 0);
    const auto machine = nlohmann::json::parse(answer.out);
    CHECK(machine.at("kind") == "neuromorphic");
    CHECK(machine.at("figures").size() > 40);
    for (const auto& figure : machine.at("figures")) {
      CAPTURE(figure);
      CHECK(figure.at("low").get<double>() <= figure.at("value").get<double>());
      CHECK(figure.at("value").get<double>() <= figure.at("high").get<double>());
      CHECK(machine.at("sources").contains(figure.at("source").get<std::string>()));
      if (figure.at("path") == "chip.cores")
        CHECK(figure.at("value") == 152);
    }
  }
}

TEST_SUITE("system") {
  TEST_CASE("the documented sweep runs, and again without running anything") {
    const TemporaryFolder folder;
    const std::string sweep = "sweep " MOESAIC_SOURCE "/docs/examples/link-and-leakage.yaml --output out";
    const Answer first = run_moesaic(folder, sweep);
    CAPTURE(first.error);
    REQUIRE(first.code == 0);
    // loihi2: 2 batches x 3 leakages x 2 links; h100: 2 batches.
    CHECK(first.out.find("14 of 14 points finished, 14 done") != std::string::npos);
    CHECK(fs::file_size(folder / "out/sweep.h5") > 1000);
    const std::string points = content(folder / "out/points.csv");
    CHECK(run_moesaic(folder, sweep).code == 0);
    CHECK(content(folder / "out/points.csv") == points);
  }
}
