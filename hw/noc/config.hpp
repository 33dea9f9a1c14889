// Everything that makes a network: topology, router, routing.
#pragma once

#include <cstdint>
#include <memory>

#include "hw/noc/pipeline.hpp"
#include "hw/noc/topology.hpp"

namespace moesaic::hw::noc {

class RoutingTable;

enum class Routing { dimension_order, west_first, table };

struct NetworkConfig {
  Topology topology;
  Pipeline pipeline = {};
  int virtual_channels = 1;
  int depth = 4;           ///< flits per virtual channel, where a link's class has no other
  int injection_queue = 8; ///< packets that wait at an endpoint before try_inject refuses
  Routing routing = Routing::dimension_order;
  std::shared_ptr<const RoutingTable> table = nullptr; ///< for Routing::table
  int threads = 1;       ///< that step stripes of rows on the fast way; the bits are the same with any number
  bool multicast = true; ///< groups may be added; without, one virtual channel takes the fast way
};

/// Throws InputError for what cannot be built: too many ports x channels (64), no virtual channel for a
/// dateline ...
void check(const NetworkConfig& config);

} // namespace moesaic::hw::noc
