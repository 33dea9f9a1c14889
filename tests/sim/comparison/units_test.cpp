// Tracks of single units in what `compare --timeline` writes.
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/sim/comparison/trace_tracks.hpp"
#include "tests/sim/program.hpp"
#include "tests/sim/record_json.hpp"

TEST_SUITE("system") {
  TEST_CASE("units of a layer's run: what their tracks hold sums to what the run counted") {
    const TemporaryFolder folder;
    const Answer answer = run_moesaic(folder, "compare reduced-moe --on loihi2,gemini1,northpole --against h100,2xh100 --output a --timeline t.json");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    const auto run = nlohmann::json::parse(content(folder / "a/stats.json"));
    const Tracks tracks(nlohmann::json::parse(content(folder / "t.json")));
    const auto& loihi2 = run.at("records")[0];
    double flits = 0, crossings = 0;
    int cores = 0;
    std::map<std::string, int> core_tracks;
    for (const auto& [track, times] : tracks.spans) {
      if (track.rfind("loihi2, batch 1, chip", 0) != 0)
        continue;
      double until = 0;
      for (const auto& span : times) {
        CHECK(span.start >= until - 1e-6); // one thing at a time
        until = span.start + span.length;
        if (span.name.find("flit") != std::string::npos)
          (track.find(" / link ") != std::string::npos ? crossings : flits) += std::stod(span.name);
      }
      CHECK(until <= 1e6 * loihi2.at("seconds").at("nominal").get<double>() * 1.002); // routers are looked at a thousand times
      if (track.find(" / core ") != std::string::npos)
        cores += core_tracks[track.substr(0, track.rfind(' '))]++ == 0;
    }
    CHECK(flits == statistic(loihi2, "flit_hops"));
    CHECK(crossings == statistic(loihi2, "chip_crossings"));
    CHECK(cores == statistic(loihi2, "active_cores"));
    // Busy time of all four cores, to the picosecond that a trace resolves and the cycles between two spans.
    const auto& gemini1 = run.at("records")[1];
    const double all = 4e6 * gemini1.at("seconds").at("nominal").get<double>();
    CHECK(tracks.busy("gemini1, batch 1, core", "issue") >= 0.99 * all * statistic(gemini1, "issue share")); // waits for the array, too
    CHECK(tracks.busy("gemini1, batch 1, core", "array") == doctest::Approx(all * statistic(gemini1, "array share")).epsilon(0.01));
    const double transfers = tracks.busy("gemini1, batch 1, core", "transfer 0") + tracks.busy("gemini1, batch 1, core", "transfer 1");
    CHECK(transfers == doctest::Approx(2 * all * statistic(gemini1, "transfer share")).epsilon(0.01));
    // A card of a static schedule: each core's spans are those of its products.
    CHECK(tracks.spans.count("northpole, batch 1, card 1 / link to the host") == 1);
    CHECK(tracks.busy("northpole, batch 1, card 1", "synapses") > 0);
    // A GPU's links only where there are several; memory and matrix units lie within their kernel.
    CHECK(tracks.spans.count("h100, batch 1, GPU 0 / links") == 0);
    CHECK(tracks.spans.count("2xh100, batch 1, GPU 1 / links") == 1);
    for (const auto& stage : run.at("records")[3].at("stages"))
      for (const char* unit : {"memory", "matrix units"})
        for (const auto& span : tracks.spans.at(std::string("h100, batch 1, GPU 0 / ") + unit))
          if (span.name == stage.at("name")) {
            CHECK(span.start >= 1e6 * stage.at("start").get<double>() - 1e-5);
            CHECK(span.start + span.length <= 1e6 * (stage.at("start").get<double>() + stage.at("seconds").get<double>()) + 1e-5);
          }
  }

  TEST_CASE("units of a layer that a mapping file places are those of its cards") {
    const TemporaryFolder folder;
    const Answer made = run_moesaic(folder, "map reduced-moe --on gemini1 --chips 2 --strategy whole --output m.yaml");
    CAPTURE(made.error);
    REQUIRE(made.code == 0);
    REQUIRE(run_moesaic(folder, "compare reduced-moe --on gemini1 --mapping m.yaml --output a --timeline t.json").code == 0);
    const Tracks tracks(nlohmann::json::parse(content(folder / "t.json")));
    CHECK(tracks.busy("gemini1, batch 1, card 0 core 3", "array") > 0);
    CHECK(tracks.busy("gemini1, batch 1, card 1 core 3", "array") > 0);
    CHECK(tracks.busy("gemini1, batch 1, core", "array") == 0);
  }
}
