#include "sim/validation/noc.hpp"

#include <fmt/format.h>

#include "description/document.hpp"
#include "hw/noc/measurement.hpp"

namespace moesaic::sim {

using namespace hw::noc;

namespace {

double simulated_latency(const NetworkConfig& config, double rate) {
  const Pattern pattern(Pattern::uniform, config.topology);
  const auto traffic = bernoulli_traffic(config.topology, pattern, rate, 1, 0);
  return measure(config, *traffic, MeasurementPlan()).latency;
}

} // namespace

std::vector<results::ValidationRow> validate_noc() {
  const Document published = Document::load(catalog_folder("results/published") + "/booksim2-mesh.yaml");
  const Node network = published.root().at("network");
  NetworkConfig config{Topology::mesh(static_cast<int>(network.at("width").integer()),
                                      static_cast<int>(network.at("height").integer()))};
  config.virtual_channels = static_cast<int>(network.at("virtual_channels").integer());
  config.depth = static_cast<int>(network.at("depth").integer());
  config.multicast = false;
  std::vector<results::ValidationRow> rows;
  for (const Node& router : published.root().at("routers").items()) {
    const std::string pipeline = router.at("pipeline").text();
    config.pipeline = Pipeline::named(pipeline);
    for (const Node& point : router.at("points").items()) {
      const double rate = point.at("rate").number();
      const Figure latency = point.figure("latency", dimension::cycles);
      rows.push_back({"Network on chip, 8 x 8 mesh",
                      fmt::format("{} at {:g} flits/node/cycle", pipeline, rate), "cycles",
                      simulated_latency(config, rate), latency.value, latency.source, false});
    }
  }
  return rows;
}

} // namespace moesaic::sim
