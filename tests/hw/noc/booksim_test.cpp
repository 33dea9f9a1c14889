// The published latency curves of BookSim2 for an 8 x 8 mesh, and where its routers saturate.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "description/document.hpp"
#include "hw/noc/measurement.hpp"
#include "recorder.hpp"

using namespace moesaic;
using namespace moesaic::hw::noc;

namespace {

Measurement run(const std::string& pipeline, double rate, std::uint64_t cycles) {
  NetworkConfig config{Topology::mesh(8, 8)};
  config.pipeline = Pipeline::named(pipeline);
  config.multicast = false;
  const Pattern pattern(Pattern::uniform, config.topology);
  const auto traffic = bernoulli_traffic(config.topology, pattern, rate, 1, 0);
  MeasurementPlan plan;
  plan.measure = plan.drain = cycles;
  return measure(config, *traffic, plan);
}

struct Sent {
  std::uint64_t cycle;
  int source, destination, flits;
  std::uint64_t arrival; ///< 0: after the last cycle recorded
};

/// By pipeline.
std::map<std::string, std::vector<Sent>> recorded_packets() {
  std::ifstream file(catalog_folder("results/published") + "/booksim2-packets.csv");
  std::map<std::string, std::vector<Sent>> packets;
  std::string line;
  while (std::getline(file, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream fields(line);
    std::string pipeline;
    Sent sent{};
    if (fields >> pipeline >> sent.cycle >> sent.source >> sent.destination >> sent.flits) {
      fields >> sent.arrival;
      packets[pipeline].push_back(sent);
    }
  }
  return packets;
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("given BookSim2's packets, every one of them arrives in the cycle in which it does there") {
    const auto recorded = recorded_packets();
    CHECK(recorded.size() == 3);
    for (const bool multicast : {false, true})
      for (const auto& [pipeline, packets] : recorded) {
        CAPTURE(pipeline);
        NetworkConfig config{Topology::mesh(8, 8)};
        config.pipeline = Pipeline::named(pipeline);
        config.injection_queue = 1000;
        config.multicast = multicast;
        Network network(config);
        test::Recorder recorder(network);
        const std::uint64_t first = 1; // our cycles start at 1, BookSim2's at 0
        for (std::size_t n = 0; n < packets.size(); ++n) {
          Packet packet = test::packet_to(packets[n].destination, packets[n].flits);
          packet.tag = static_cast<std::uint32_t>(n);
          network.try_inject(packets[n].source, packet, packets[n].cycle + first);
        }
        test::run(network);
        std::size_t compared = 0;
        for (const test::Arrived& arrived : recorder.arrived) {
          const Sent& sent = packets[arrived.packet.tag];
          if (sent.arrival == 0)
            CHECK(arrived.cycle > packets.back().cycle + first);
          else
            CHECK(arrived.cycle == sent.arrival + first);
          compared += sent.arrival != 0;
        }
        CHECK(recorder.arrived.size() == packets.size());
        CHECK(compared > 40);
      }
  }
}

TEST_SUITE("system") {
  TEST_CASE(
      "latency is BookSim2's within 2 % at every published rate, saturation within 0.01 flits/node/cycle") {
    const Document published = Document::load(catalog_folder("results/published") + "/booksim2-mesh.yaml");
    for (const Node& router : published.root().at("routers").items()) {
      const std::string pipeline = router.at("pipeline").text();
      CAPTURE(pipeline);
      for (const Node& point : router.at("points").items()) {
        const double rate = point.at("rate").number();
        const double latency = point.figure("latency", dimension::cycles).value;
        CAPTURE(rate);
        CAPTURE(latency);
        const Measurement measured = run(pipeline, rate, 50000);
        CHECK(std::abs(measured.latency / latency - 1) < 0.02);
        CHECK_FALSE(measured.saturated);
        CHECK(std::abs(measured.accepted / measured.offered - 1) < 0.01);
      }
      const auto saturation = router.at("saturation").items();
      CHECK_FALSE(run(pipeline, saturation.front().number() - 0.01, 20000).saturated);
      CHECK(run(pipeline, saturation.back().number() + 0.01, 50000).saturated);
    }
  }
}
