// Sweeps as the program's user meets them: mappings as an axis, estimates first, machines that hold no point.
#include <filesystem>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/sim/program.hpp"

namespace {

nlohmann::json points_of(const TemporaryFolder& folder, const std::string& output) {
  return nlohmann::json::parse(content(folder / (output + "/sweep.json"))).at("points");
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("mapping files are an axis of a sweep, with the results that compare has of each") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, "map reduced-moe --on loihi2 --strategy greedy --output m.yaml").code == 0);
    const std::string head = "workload: reduced-moe\nmachines: [loihi2, h100]\nvary:\n  place: {of: loihi2, key: mapping, values: ";
    std::ofstream(folder / "s.yaml") << head << "[none, m.yaml]}\n";
    const Answer swept = run_moesaic(folder, "sweep s.yaml --output a");
    CAPTURE(swept.error);
    REQUIRE(swept.code == 0);
    const auto points = points_of(folder, "a");
    REQUIRE(points.size() == 3);
    for (int i = 0; i < 2; ++i) {
      const Answer compared = run_moesaic(folder, std::string("compare reduced-moe --on loihi2 --against h100 --json --output b") +
                                                      (i == 0 ? "0" : "1 --mapping m.yaml"));
      REQUIRE(compared.code == 0);
      const auto record = nlohmann::json::parse(compared.out).at("records")[0];
      const auto& point = points[static_cast<std::size_t>(i)];
      CHECK(point.at("place") == (i == 0 ? "none" : "m.yaml"));
      CHECK(point.at("seconds").get<double>() == record.at("seconds").at("nominal").get<double>());
    }
    // Another mapping in the same file is another point.
    REQUIRE(run_moesaic(folder, "map reduced-moe --on loihi2 --strategy hilbert --output n.yaml").code == 0);
    std::filesystem::rename(folder / "n.yaml", folder / "m.yaml");
    CHECK(run_moesaic(folder, "sweep s.yaml --output a --plan").out.find("3 points, of which 2 are finished") != std::string::npos);
    const std::map<std::string, std::string> refused = {
        {head + "[absent.yaml]}\n", "absent.yaml"},
        {"workload: reduced-moe\nmachines: [spinnaker2, h100]\nvary:\n  place: {of: spinnaker2, key: mapping, values: [m.yaml]}\n",
         "a mapping for loihi2, not for spinnaker2"},
        {"workload: mixtral-8x7b\nmachines: [loihi2, h100]\nvary:\n  place: {of: loihi2, key: mapping, values: [m.yaml]}\n",
         "a mapping of reduced-moe, not of mixtral-8x7b"},
        {"workload: reduced-moe\nmachines: [loihi2]\nvary:\n  place: {of: workload, key: mapping, values: [m.yaml]}\n",
         "mapping files or none, of one machine"}};
    for (const auto& [text, why] : refused) {
      std::ofstream(folder / "w.yaml") << text;
      const Answer answer = run_moesaic(folder, "sweep w.yaml --output c");
      CHECK(answer.code == 2);
      CAPTURE(answer.error);
      CHECK(answer.error.find(why) != std::string::npos);
    }
  }

  TEST_CASE("estimates first: the front of the whole sweep from fewer simulations, and what they saved") {
    const TemporaryFolder folder;
    const std::string sweep = "workload: reduced-moe\nmachines: [loihi2, h100]\nvary:\n"
                              "  leak: {of: loihi2, key: chip.static_power, range: [0.1 W, 1 W], steps: 8}\n"
                              "  synapse: {of: loihi2, key: core.synapse_dense.latency, range: [0.5 ns, 4 ns], steps: 8}\n";
    std::ofstream(folder / "all.yaml") << sweep;
    std::ofstream(folder / "some.yaml") << sweep << "estimate_first: true\n";
    REQUIRE(run_moesaic(folder, "sweep all.yaml --output all").code == 0);
    const Answer some = run_moesaic(folder, "sweep some.yaml --output some");
    CAPTURE(some.error);
    REQUIRE(some.code == 0);
    CHECK(some.out.find("estimated first: ") != std::string::npos);
    CHECK(some.out.find(" left out; simulated over estimated: ") != std::string::npos);
    const auto all = points_of(folder, "all"), few = points_of(folder, "some");
    REQUIRE(all.size() == few.size());
    int left_out = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      left_out += few[i].at("status") == "left out";
      CHECK(few[i].at("best") == all[i].at("best"));
      if (few[i].at("status") == "done")
        CHECK(few[i].at("seconds") == all[i].at("seconds"));
    }
    CHECK(left_out > 20);
    CHECK(content(folder / "some/report.html").find("points were estimated only") != std::string::npos);
  }

  TEST_CASE("a machine that holds the layer at none of its points is refused before anything runs") {
    const TemporaryFolder folder;
    std::ofstream(folder / "s.yaml") << "workload: reduced-moe\nmachines: [gemini1, h100]\nvary:\n"
                                        "  memory: {of: gemini1, key: chip.l4, values: [64 KiB, 128 KiB]}\n";
    const Answer answer = run_moesaic(folder, "sweep s.yaml --output a");
    CAPTURE(answer.error);
    CHECK(answer.code == 2);
    CHECK(answer.error.find("gemini1: none of the 3 points tried") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "a"));
  }
}
