// Mappings as the program's user meets them: made, proved, broken, run.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "mappings/format/mapping.hpp"
#include "tests/sim/program.hpp"

namespace fs = std::filesystem;

TEST_SUITE("system") {
  TEST_CASE("a mapping is made, proved by running, used, and refused once broken") {
    const TemporaryFolder folder;
    const Answer made = run_moesaic(folder, "map reduced-moe --on loihi2 --strategy greedy --output m.yaml --svg m.svg");
    CAPTURE(made.error);
    REQUIRE(made.code == 0);
    CHECK(content(folder / "m.svg").find("after (greedy)") != std::string::npos);
    const Answer proved = run_moesaic(folder, "check m.yaml --values --rate 100");
    CHECK(proved.code == 0);
    CHECK(proved.out.find("expert choice identical") != std::string::npos);
    CHECK(run_moesaic(folder, "check m.yaml --json").out == "[]\n");
    const Answer slow = run_moesaic(folder, "check m.yaml --json --rate 1e9");
    CHECK(slow.code == 1);
    for (const auto& violation : nlohmann::json::parse(slow.out))
      for (const char* key : {"kind", "place", "limit", "value", "remedy"})
        CHECK(!violation.at(key).get<std::string>().empty());

    const auto nominal = [&](const std::string& more) {
      const Answer answer =
          run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100 --json --output run" + more);
      REQUIRE(answer.code == 0);
      if (!more.empty()) {
        CHECK(run_moesaic(folder, "check run/inputs/mapping-m.yaml").code == 0);
        CHECK(content(folder / "run/inputs/mapping-m.yaml") == content(folder / "m.yaml"));
      }
      fs::remove_all(folder / "run");
      return nlohmann::json::parse(answer.out).at("records")[0].at("seconds").at("nominal").get<double>();
    };
    CHECK(nominal(" --mapping m.yaml") < nominal(""));
    CHECK(run_moesaic(folder, "compare mixtral-8x7b --on loihi2 --mapping m.yaml").code == 2);
    CHECK(run_moesaic(folder, "compare reduced-moe --on spinnaker2 --mapping m.yaml").code == 2);

    std::string text = content(folder / "m.yaml");
    const auto row = text.find("    - [", text.find("\ncores:"));
    text.insert(row + 7, "9");
    std::ofstream(folder / "broken.yaml") << text;
    const Answer broken = run_moesaic(folder, "check broken.yaml");
    CHECK(broken.code == 1);
    CHECK(broken.out.find("no such chip: chip 9") != std::string::npos);
    CHECK(run_moesaic(folder, "compare reduced-moe --on loihi2 --mapping broken.yaml").code == 2);
    std::ofstream(folder / "cut.yaml") << text.substr(0, row + 5);
    CHECK(run_moesaic(folder, "check cut.yaml").code == 2);
  }

  TEST_CASE("the best placement is the one that costs least when simulated, and not worse than naive") {
    const TemporaryFolder folder;
    for (const char* objective : {"latency", "edp"}) {
      const Answer made =
          run_moesaic(folder, fmt::format("map reduced-moe --on loihi2 --objective {} --output m.yaml", objective));
      CAPTURE(made.error);
      REQUIRE(made.code == 0);
      std::istringstream lines(made.out);
      double least = 1e300, chosen = 0, naive = 0;
      for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name, unit;
        double estimated = 0, simulated = 0;
        if (!(words >> name >> estimated >> unit >> simulated) || unit != "us")
          continue;
        least = std::min(least, simulated);
        if (name == "naive")
          naive = simulated;
        if (line.find("chosen") != std::string::npos)
          chosen = simulated;
      }
      CHECK(naive > 0);
      CHECK(chosen == least); // static power dominates: the fastest also has the least energy-delay
      CHECK(content(folder / "m.yaml").find("strategy: ") != std::string::npos);
    }
  }

  TEST_CASE("replicas by the expert balancer are placed, proved by running, compared; the estimate knows them") {
    const TemporaryFolder folder;
    for (const char* rule : {"round_robin", "least_loaded", "nearest"}) {
      const Answer made = run_moesaic(folder, fmt::format("map reduced-moe --on loihi2 --strategy eplb --redundant 4 "
                                                          "--replica-rule {} --output m.yaml --svg m.svg", rule));
      CAPTURE(made.error);
      REQUIRE(made.code == 0);
      CHECK(made.out.find("17 experts in 21 replicas") != std::string::npos);
      const auto at = made.out.find("\neplb ");
      REQUIRE(at != std::string::npos);
      std::istringstream words(made.out.substr(at));
      std::string name, unit;
      double estimated = 0, simulated = 0;
      words >> name >> estimated >> unit >> simulated;
      CHECK(estimated == doctest::Approx(simulated).epsilon(0.1));
      CHECK(content(folder / "m.yaml").find(fmt::format("replica_rule: {}\n", rule)) != std::string::npos);
      const Answer proved = run_moesaic(folder, "check m.yaml --values --tokens 6 --rate 100");
      CAPTURE(proved.out);
      CHECK(proved.code == 0);
      CHECK(proved.out.find("expert choice identical") != std::string::npos);
    }
    const Answer compared = run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100 --batch 1,3 --mapping m.yaml --output r");
    CHECK(compared.code == 0);
    const auto later = content(folder / "m.yaml").find("replica_rule: ");
    std::ofstream(folder / "n.yaml") << content(folder / "m.yaml").erase(later, std::string("replica_rule: nearest\n").size());
    CHECK(run_moesaic(folder, "check n.yaml").code == 2);
  }

  TEST_CASE("what can be checked but not run is refused with its place") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, "map reduced-moe --on loihi2 --strategy naive --output m.yaml").code == 0);
    std::string text = content(folder / "m.yaml");
    const auto weights = text.find("weights: resident");
    REQUIRE(weights != std::string::npos);
    std::ofstream(folder / "s.yaml") << text.replace(weights, 17, "weights: streamed");
    const Answer answer = run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100 --mapping s.yaml --output r");
    CHECK(answer.code == 2);
    CHECK(answer.error.find("no outer memory: Intel Loihi 2: found none") != std::string::npos);
    CHECK(!fs::exists(folder / "r"));
    const Answer checked = run_moesaic(folder, "check s.yaml");
    CHECK(checked.code == 1);
    CHECK(checked.out.find("no outer memory: Intel Loihi 2") != std::string::npos);
    const Answer made = run_moesaic(folder, "map reduced-moe --on loihi2 --weights streamed --output x.yaml");
    CHECK(made.code == 2);
    CHECK(made.error.find("streamed weights are not supported on Intel Loihi 2: it has no memory outside its cores") != std::string::npos);
  }

  TEST_CASE("streamed weights run from a memory outside the cores, with the same values; the estimate knows it") {
    const TemporaryFolder folder;
    for (const char* strategy : {"snake", "eplb"}) {
      const Answer made = run_moesaic(folder, fmt::format("map reduced-moe --on spinnaker2 --weights streamed --strategy {} --output m.yaml", strategy));
      CAPTURE(made.error);
      CAPTURE(made.out);
      REQUIRE(made.code == 0);
      const auto at = made.out.find(fmt::format("\n{} ", strategy));
      REQUIRE(at != std::string::npos);
      std::istringstream words(made.out.substr(at));
      std::string name, unit;
      double estimated = 0, simulated = 0;
      words >> name >> estimated >> unit >> simulated;
      CHECK(estimated == doctest::Approx(simulated).epsilon(0.2));
      const Answer proved = run_moesaic(folder, "check m.yaml --values --tokens 4");
      CAPTURE(proved.out);
      CHECK(proved.code == 0);
      CHECK(proved.out.find("expert choice identical") != std::string::npos);
      CHECK(proved.out.find("busiest outer memory of chip") != std::string::npos);
      const Answer fast = run_moesaic(folder, "check m.yaml --rate 1e6");
      CHECK(fast.code == 1);
      CHECK(fast.out.find("outer memory bandwidth: chip") != std::string::npos);
    }
    const Answer compared = run_moesaic(folder, "compare reduced-moe --on spinnaker2 --against h100 --mapping m.yaml --output r");
    CHECK(compared.code == 0);
    CHECK(content(folder / "r/actions.csv").find("burst read") != std::string::npos);
  }

  TEST_CASE("a full DeepSeek-V3 layer is placed and proved, the same bytes each time") {
    const TemporaryFolder folder;
    for (const char* name : {"a", "b"})
      REQUIRE(run_moesaic(folder, fmt::format("map deepseek-v3 --on loihi2 --strategy snake --output {}.yaml", name)).code == 0);
    CHECK(content(folder / "a.h5") == content(folder / "b.h5"));
    const Answer proved = run_moesaic(folder, "check a.yaml");
    CHECK(proved.code == 0);
    CHECK(proved.out.find("101001 slices") != std::string::npos); // 257 experts of 2 x 158 + 77 cores' slices
  }

  TEST_CASE("the estimate is set beside the simulator, every strategy beside the naive one") {
    const TemporaryFolder folder;
    const Answer ranked = run_moesaic(folder, "map reduced-moe --on loihi2 --correlate 20 --gain --tokens 1");
    CAPTURE(ranked.error);
    CAPTURE(ranked.out);
    REQUIRE(ranked.code == 0);
    for (const char* row : {"\nscattered core by core ", "\nall "}) {
      const auto at = ranked.out.find(row);
      REQUIRE(at != std::string::npos);
      const std::string line = ranked.out.substr(at + 1, ranked.out.find('\n', at + 1) - at - 1);
      CHECK(std::stod(line.substr(line.rfind(' '))) > 0.95);
    }
    for (const char* text : {"Spearman", "scattered core by core", "naive", "snake", "annealing", "bound by"})
      CHECK(ranked.out.find(text) != std::string::npos);
  }

  TEST_CASE("what is not supported is said, and a bad choice names the near one") {
    const TemporaryFolder folder;
    const std::pair<const char*, const char*> cases[] = {
        {"map reduced-moe --on northpole --output x.yaml", "not supported"},
        {"map reduced-moe --on loihi2", "--output"},
        {"map reduced-moe --on loihi2 --strategy gredy --output x.yaml", "did you mean 'greedy'"},
        {"map reduced-moe --on loihi2 --strategy eplb --replica-rule neerest --output x.yaml", "did you mean 'nearest'"},
        {"map reduced-moe --on spinnaker2 --weights streamed --strategy greedy --output x.yaml", "only with one of: snake, eplb"},
        {"map reduced-moe --on spinnaker2 --weights streemed --output x.yaml", "did you mean 'streamed'"},
        {"map reduced-moe --on loihi2 --strategy snake --redundant 2 --output x.yaml", "for --strategy eplb"},
        {"map reduced-moe --on loihi2 --strategy eplb --redundant -1 --output x.yaml", "--redundant"},
        {"map reduced-moe --on loihi2 --objective enrgy --output x.yaml", "did you mean 'energy'"},
        {"map reduced-moe --on loihi2 --output no/where.yaml", "cannot be written"},
        {"check absent.yaml", "absent.yaml"}};
    for (const auto& [arguments, message] : cases) {
      const Answer answer = run_moesaic(folder, arguments);
      CAPTURE(arguments);
      CHECK(answer.code == 2);
      CHECK(answer.error.find(message) != std::string::npos);
    }
    CHECK(fs::is_empty(folder.path()));
  }

  TEST_CASE("an associative program's vectors and levels are reported, and what it overflows") {
    const TemporaryFolder folder;
    const auto program = [&](const char* slot, const char* region) {
      std::ofstream(folder / "p.yaml") << fmt::format(
          "kind: associative_program\nname: p\ntitle: two vectors\ncores: 1\n"
          "sources:\n  made: {{title: \"made up for a test\", where: here}}\n"
          "regions:\n  data: {1}\nprogram:\n"
          "  - {{transfer: l4_l1, bytes: 64 KiB, slot: {0}, region: data, offset: 0}}\n"
          "  - {{op: load_16, vectors: [1], immediates: [{0}]}}\n"
          "  - loop: 3\n    as: i\n    body:\n"
          "      - {{op: reset_16, vectors: [2]}}\n"
          "      - {{op: add_u16, vectors: [2, 1, 2]}}\n"
          "  - {{op: store_16, vectors: [2], immediates: [{0}]}}\n",
          slot, region);
      return run_moesaic(folder, "check p.yaml");
    };
    const Answer good = program("5", "64 KiB");
    CAPTURE(good.error);
    CHECK(good.code == 0);
    // Steps: 0 transfer, 1 load, 2 loop, 3 reset, 4 add, 5 store. Vector 1 is read in each turn: it lives to the
    // loop's end.
    CHECK(good.out.find("vector 1   step     1 (load_16) to     4 (add_u16), 1 writes, 1 reads") != std::string::npos);
    CHECK(good.out.find("vector 2   step     3 (reset_16) to     5 (store_16), 2 writes, 2 reads") !=
          std::string::npos);
    const Answer slots = program("48", "64 KiB");
    CHECK(slots.code == 1);
    CHECK(slots.out.find("slot 48") != std::string::npos);
    const Answer card = program("5", "17 GB");
    CHECK(card.code == 1);
    CHECK(card.out.find("level capacity: L4 of the card: found 17000000000 B, 1000000000 too many") !=
          std::string::npos);
  }
}
