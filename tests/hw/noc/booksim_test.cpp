// The published latency curves of BookSim2 for an 8 x 8 mesh, and where its routers saturate.
#include <doctest/doctest.h>

#include <cmath>

#include "description/document.hpp"
#include "hw/noc/measurement.hpp"

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

} // namespace

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
