// What `compare --timeline` writes, read back.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/mappings/neuromorphic/nir_builder.hpp"
#include "tests/sim/comparison/trace_tracks.hpp"
#include "tests/sim/program.hpp"

namespace {

const std::string command = "compare reduced-moe --on loihi2 --against h100 --batch 1 --output ";

/// Rising and falling edges in picoseconds of every bit of a VCD, by "scope.name".
std::map<std::string, std::vector<std::pair<std::uint64_t, bool>>> edges_in(const std::string& vcd) {
  std::map<std::string, std::string> names;
  std::map<std::string, std::vector<std::pair<std::uint64_t, bool>>> edges;
  std::istringstream lines(vcd);
  std::string scope;
  std::uint64_t time = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, kind, width, id, name;
    words >> first;
    if (first == "$scope")
      words >> kind >> scope;
    else if (first == "$var" && words >> kind >> width >> id >> name && kind == "wire")
      names[id] = scope + "." + name;
    else if (first[0] == '#')
      time = std::stoull(first.substr(1));
    else if ((first[0] == '0' || first[0] == '1') && names.count(first.substr(1)))
      edges[names[first.substr(1)]].emplace_back(time, first[0] == '1');
  }
  return edges;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("a timeline holds every stage at its time, as JSON and as VCD") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, command + "a --timeline t.json").code == 0);
    const Answer vcd = run_moesaic(folder, command + "b --timeline t.vcd");
    CAPTURE(vcd.error);
    REQUIRE(vcd.code == 0);
    const auto run = nlohmann::json::parse(content(folder / "a/stats.json"));
    const auto trace = nlohmann::json::parse(content(folder / "t.json"));
    CHECK(trace.at("otherData").at("dropped_events") == "0");
    auto edges = edges_in(content(folder / "t.vcd"));
    std::size_t spans = 0, stages = 0;
    for (const auto& [track, times] : Tracks(trace).spans)
      if (track.find("batch 1 / ") != std::string::npos) // not of a unit
        spans += times.size();
    const auto& record = run.at("records")[1];
    for (const auto& of : run.at("records"))
      stages += of.at("stages").size();
    CHECK(spans == stages);
    REQUIRE(record.at("machine") == "h100");
    for (const auto& stage : record.at("stages")) {
      const double start = stage.at("start"), seconds = stage.at("seconds");
      CAPTURE(stage.at("name"));
      bool found = false;
      for (const auto& event : trace.at("traceEvents"))
        found |= event.at("ph") == "X" && event.at("name") == stage.at("name") &&
                 std::abs(event.at("ts").get<double>() - 1e6 * start) < 1e-5 &&
                 std::abs(event.at("dur").get<double>() - 1e6 * seconds) < 1e-5;
      CHECK(found);
    }
    // "top-k" begins when the router is done, and is the only stage of its name.
    const auto& bit = edges["h100__batch_1.top_k"];
    const auto& top_k = record.at("stages")[1];
    REQUIRE(top_k.at("name") == "top-k");
    REQUIRE(bit.size() == 3); // low at first
    CHECK(bit[1].second);
    CHECK(bit[1].first == std::llround(1e12 * top_k.at("start").get<double>()));
    CHECK(bit[2].first ==
          std::llround(1e12 * (top_k.at("start").get<double>() + top_k.at("seconds").get<double>())));
  }

  TEST_CASE("a spiking run's trace has a track for each core's soma and synapses, as JSON and as VCD") {
    NirBuilder network;
    network.node("in", "Input").numbers("shape", {4});
    network.node("weights", "Linear").numbers("weight", std::vector<double>(12, 0.5), {3, 4});
    network.lif("lif", 3, 0.01, 4, 0.5);
    network.node("out", "Output").numbers("shape", {3});
    const TemporaryFolder folder;
    std::filesystem::copy_file(network.finish({{"in", "weights"}, {"weights", "lif"}, {"lif", "out"}}), folder / "net.nir");
    const std::string run = "run net.nir --input poisson:300 --steps 12 --json ";
    const Answer plain = run_moesaic(folder, run + "--output a");
    const Answer json = run_moesaic(folder, run + "--output b --trace t.json"), vcd = run_moesaic(folder, run + "--output c --trace t.vcd");
    CAPTURE(json.error);
    CAPTURE(vcd.error);
    REQUIRE(plain.code == 0);
    REQUIRE(json.code == 0);
    REQUIRE(vcd.code == 0);
    CHECK(json.out == plain.out); // looking changes nothing
    CHECK(vcd.out == plain.out);
    const auto trace = nlohmann::json::parse(content(folder / "t.json"));
    std::map<std::string, std::size_t> spans;
    for (const auto& [track, times] : Tracks(trace).spans)
      spans[track] = times.size();
    CHECK(spans.at("loihi2 / all chips time step") == 12);
    int somas = 0, synapses = 0;
    auto edges = edges_in(content(folder / "t.vcd"));
    for (const auto& [name, count] : spans) {
      somas += name.find(" soma") != std::string::npos;
      synapses += name.find(" synapses") != std::string::npos;
      if (name.find("core") == std::string::npos)
        continue;
      std::string bit = name.substr(std::string("loihi2, ").size()); // "chip 0 / core 000 soma"
      bit.replace(bit.find(" / "), 3, ".");
      std::replace(bit.begin(), bit.end(), ' ', '_');
      CAPTURE(name);
      CHECK(count <= 12);
      CHECK(edges[bit].size() == 2 * count + (edges[bit].at(0).second ? 0 : 1));
    }
    CHECK(somas == nlohmann::json::parse(plain.out).at("cores").get<int>());
    CHECK(synapses >= 1);
    const Answer refused = run_moesaic(folder, run + "--output d --trace t.png");
    CHECK(refused.code == 2);
    CHECK(refused.error.find("--trace: expected a name that ends in .json or .vcd") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "d"));
  }

  TEST_CASE("a window bounds the file, and bad names and windows are refused before anything runs") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, command + "a --timeline t.json --timeline-window 5us:10us").code == 0);
    const auto trace = nlohmann::json::parse(content(folder / "t.json"));
    CHECK(trace.at("otherData").at("dropped_events") != "0");
    for (const auto& event : trace.at("traceEvents"))
      if (event.at("ph") != "M") {
        CHECK(event.at("ts").get<double>() <= 10);
        CHECK(event.at("ts").get<double>() + event.value("dur", 0.0) >= 5);
      }
    REQUIRE(run_moesaic(folder, command + "b --timeline t.vcd --timeline-window 5us:10us").code == 0);
    for (const auto& [name, changes] : edges_in(content(folder / "t.vcd")))
      for (const auto& [time, on] : changes)
        CHECK((time == 0 || (time >= 5000000 && time <= 10000000)));
    for (const char* wrong : {"--timeline t.txt", "--timeline u.json --timeline-window 5us",
                              "--timeline u.json --timeline-window 5us:3us", "--timeline u.json --timeline-window 5J:"}) {
      const Answer answer = run_moesaic(folder, command + "c " + wrong);
      CHECK(answer.code == 2);
      CHECK(answer.error.find("--timeline") != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(folder / "c"));
    CHECK_FALSE(std::filesystem::exists(folder / "u.json"));
  }
}
