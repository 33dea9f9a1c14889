// A machine description of the user's own whose chips stand below switches, from map to compare.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "description/document.hpp"
#include "tests/hw/neuromorphic/tree_chip.hpp"
#include "tests/sim/program.hpp"

TEST_SUITE("system") {
  TEST_CASE("chips below switches are mapped, proved by running, and compared with their links' energy by level") {
    const TemporaryFolder folder;
    std::ofstream(folder / "tree.yaml") << moesaic::test::loihi2_with(moesaic::test::tree_text({{2, 60}, {2, 110}}));
    const Answer made = run_moesaic(folder, "map reduced-moe --on tree.yaml --strategy snake --output m.yaml --svg m.svg");
    CAPTURE(made.error);
    REQUIRE(made.code == 0);
    CHECK(made.out.find("2 x 1 below 1 switch: 1 hub chips") != std::string::npos);
    CHECK(content(folder / "m.svg").find("switch of level 1") != std::string::npos);
    CHECK(run_moesaic(folder, "check m.yaml --values").out.find("expert choice identical") != std::string::npos);

    const Answer compared =
        run_moesaic(folder, "compare reduced-moe --on tree.yaml --against h100 --mapping m.yaml --json --output run");
    REQUIRE(compared.code == 0);
    const auto record = nlohmann::json::parse(compared.out).at("records")[0];
    double crossed = 0, counted = 0;
    for (const auto& statistic : record.at("statistics"))
      if (statistic.at("name") == "level_1_crossings")
        crossed = statistic.at("value");
    double links = 0, switches = 0;
    for (const auto& line : record.at("energy")) {
      if (line.at("action") == "message over a link of level 1") {
        links = line.at("joules").at("nominal");
        counted = line.at("count");
      }
      if (line.at("component") == "system.switches")
        switches = line.at("joules").at("nominal");
    }
    CHECK(crossed > 0);
    CHECK(counted == crossed);
    CHECK(links == doctest::Approx(crossed * 200e-12));
    CHECK(switches == doctest::Approx(50e-3 * record.at("seconds").at("nominal").get<double>()));
  }
}
