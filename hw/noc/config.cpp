#include "hw/noc/config.hpp"

#include "description/error.hpp"
#include "hw/noc/flit.hpp"
#include "hw/noc/routing_table.hpp"
#include "hw/noc/wormhole_routers.hpp"

namespace moesaic::hw::noc {

namespace {
// The arrival wheel has a slot of 96 bytes for every cycle of the longest link.
constexpr int longest_link = 1000000, slowest_link = 10000, deepest_buffer = 4096;

void require(bool holds, const std::string& message) {
  if (!holds)
    throw InputError(message);
}
} // namespace

const std::vector<std::string>& Pipeline::names() {
  static const std::vector<std::string> names{"rc0-spec", "rc0", "default"};
  return names;
}

Pipeline Pipeline::named(const std::string& name) {
  Pipeline pipeline;
  if (name == "rc0-spec" || name == "rc0")
    pipeline.routing = 0;
  else if (name != "default")
    throw InputError("unknown pipeline '" + name + "'" + suggestion(name, names()));
  pipeline.speculative = name == "rc0-spec";
  return pipeline;
}

void check(const NetworkConfig& config) {
  const Pipeline& pipeline = config.pipeline;
  require(pipeline.routing >= 0 && pipeline.traversal >= 0 && pipeline.credit >= 0 &&
              pipeline.vc_allocation >= 1 && pipeline.switch_allocation >= 1 &&
              pipeline.router_cycles() <= 1000 && pipeline.credit <= 1000,
          "a router pipeline needs routing, traversal and credit delays >= 0, allocation delays >= 1, none "
          "over 1000");
  require(config.virtual_channels >= 1 && config.topology.ports() * config.virtual_channels <= largest_inputs,
          std::to_string(config.virtual_channels) + " virtual channels on " +
              std::to_string(config.topology.ports()) + " ports: at least 1, and their product at most " +
              std::to_string(largest_inputs));
  require(config.depth >= 1 && config.depth <= deepest_buffer,
          "a buffer depth of " + std::to_string(config.depth) + " flits: must be 1 to " + std::to_string(deepest_buffer));
  require(config.threads >= 1 && (config.threads == 1 || WormholeRouters::can_hold(config)),
          "several threads are supported with one virtual channel, dimension-order or table routing and no "
          "multicast only");
  require(config.injection_queue >= 1, "an injection queue must hold at least one packet");
  for (const LinkClass& link : config.topology.link_classes())
    require(link.latency >= 1 && link.latency <= longest_link && link.cycles_per_flit >= 1 &&
                link.cycles_per_flit <= slowest_link && link.depth >= 0 && link.depth <= deepest_buffer,
            "link class '" + link.name + "': a latency of " + std::to_string(link.latency) + " cycles and " +
                std::to_string(link.cycles_per_flit) + " cycles per flit: must be 1 to " +
                std::to_string(longest_link) + " and 1 to " + std::to_string(slowest_link) + ", with a buffer of up to " +
                std::to_string(deepest_buffer) + " flits");
  require(!config.topology.is_tree() || config.threads == 1, "several threads are not supported on a tree of chips");
  require(!config.topology.is_tree() || config.routing != Routing::west_first,
          "west-first routing is not supported on a tree of chips");
  require(!config.topology.wraps() || config.virtual_channels >= 2,
          "a torus needs at least 2 virtual channels: its dateline splits them in two classes");
  require(!config.topology.wraps() || config.routing == Routing::dimension_order,
          "routing other than dimension order is not supported on a torus");
  require((config.routing == Routing::table) == (config.table != nullptr),
          "table routing needs a routing table, and only table routing takes one");
  if (config.table)
    config.table->check(config.topology);
}

} // namespace moesaic::hw::noc
