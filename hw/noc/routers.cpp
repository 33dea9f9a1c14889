#include "hw/noc/routers.hpp"

#include <algorithm>

#include "hw/noc/channel_routers.hpp"
#include "hw/noc/wormhole_routers.hpp"

namespace moesaic::hw::noc {

LinkTimes::LinkTimes(const NetworkConfig& config) : config_(config) {
  const Pipeline& pipeline = config.pipeline;
  const std::vector<LinkClass>& links = config.topology.link_classes();
  const int local = links[local_link].latency;
  injection = static_cast<std::uint32_t>(1 + local);
  ejection_credit = static_cast<std::uint32_t>(1 + local + pipeline.credit);
  int longest = 1;
  for (const LinkClass& link : links)
    longest = std::max(longest, link.latency + link.cycles_per_flit);
  horizon = static_cast<std::uint64_t>(longest + pipeline.router_cycles() + pipeline.credit + 2);
}

std::uint32_t LinkTimes::latency(int router, int port) const {
  const Topology& topology = config_.topology;
  return static_cast<std::uint32_t>(topology.link_classes()[topology.link_class(router, port)].latency);
}

std::uint32_t LinkTimes::flit(int router, int port) const {
  return 1 + static_cast<std::uint32_t>(config_.pipeline.traversal) + latency(router, port);
}

// The link back has the same class as the one that leaves at `port`.
std::uint32_t LinkTimes::credit(int router, int port) const {
  return 1 + static_cast<std::uint32_t>(config_.pipeline.credit) + latency(router, port);
}

std::unique_ptr<Routers> make_routers(const NetworkConfig& config, const RouteFunction& route) {
  if (WormholeRouters::can_hold(config))
    return std::make_unique<WormholeRouters>(config, route);
  return std::make_unique<ChannelRouters>(config, route);
}

} // namespace moesaic::hw::noc
