// How the routers with one virtual channel are put together.
#include <algorithm>

#include "hw/noc/wormhole_routers.hpp"

namespace moesaic::hw::noc {

bool WormholeRouters::can_hold(const NetworkConfig& config) {
  const auto& links = config.topology.link_classes();
  return config.virtual_channels == 1 && config.routing != Routing::west_first && !config.multicast &&
         std::all_of(links.begin(), links.end(), [&](const LinkClass& link) { return link.depth == 0 || link.depth == config.depth; });
}

WormholeRouters::WormholeRouters(const NetworkConfig& config, const RouteFunction& route)
    : config_(config), route_(route), times_(config), ports_(config.topology.ports()),
      depth_(static_cast<std::uint32_t>(config.depth)), speculative_(config.pipeline.speculative),
      plain_(config.routing == Routing::dimension_order && !config.topology.is_tree()),
      reached_(static_cast<std::size_t>(config.topology.endpoints())) {
  const Pipeline& p = config.pipeline;
  const int vc = speculative_ ? std::max(p.vc_allocation, p.switch_allocation) : p.vc_allocation;
  head_delay_ = static_cast<std::uint32_t>(p.routing + vc - 1);
  body_delay_ = static_cast<std::uint32_t>(p.switch_allocation - 1);
  switch_delay_ = static_cast<std::uint32_t>(p.switch_allocation);
  const int height = config.topology.rows(), stripes = std::min(config.threads, height);
  for (int y = 0; y < height; ++y)
    stripe_of_.push_back(static_cast<std::size_t>(y * stripes / height));
  inputs_.resize(index(config.topology.routers(), 0));
  outputs_.resize(inputs_.size());
  for (int k = 0; k < stripes; ++k)
    stripes_.push_back({Wheel<Slot>(times_.horizon), ActiveSet(outputs_.size())});
  terminals_.resize(static_cast<std::size_t>(config.topology.endpoints()));
  flits_.resize((inputs_.size() + terminals_.size()) * depth_);
  for (int router = 0; router < config.topology.routers(); ++router)
    for (int port = 0; port < ports_; ++port)
      build(router, port);
}

WormholeRouters::Side WormholeRouters::side(int router, int port) const {
  if (config_.topology.is_local(router, port))
    return at_endpoint;
  const auto stripe = [this](int r) {
    return stripe_of_[static_cast<std::size_t>(config_.topology.y_of(r))];
  };
  const int neighbour = std::max(0, config_.topology.neighbour(router, port));
  if (stripe(neighbour) == stripe(router))
    return in_stripe;
  return stripe(neighbour) < stripe(router) ? in_stripe_above : in_stripe_below;
}

void WormholeRouters::build(int router, int port) {
  const Topology& topology = config_.topology;
  Input& input = inputs_[index(router, port)];
  Output& output = outputs_[index(router, port)];
  input.x = static_cast<std::uint16_t>(topology.x_of(router));
  input.y = static_cast<std::uint16_t>(topology.y_of(router));
  input.first_output = output.first_input = static_cast<std::uint32_t>(index(router, 0));
  input.credit_delay = times_.credit(router, port);
  output.delay = times_.flit(router, port);
  output.credits = static_cast<std::uint16_t>(depth_);
  output.cycles_per_flit =
      static_cast<std::uint16_t>(topology.link_classes()[topology.link_class(router, port)].cycles_per_flit);
  input.side = output.side = side(router, port);
  if (output.side == at_endpoint) {
    const int endpoint = topology.endpoint_at(router, port - first_local);
    input.upstream = static_cast<std::uint32_t>(endpoint);
    output.target = static_cast<std::uint32_t>(inputs_.size()) + input.upstream;
    terminals_[input.upstream].input = static_cast<std::uint32_t>(index(router, port));
  } else { // the port opposite at the neighbour, where flits go and where credits go alike
    const int neighbour = std::max(0, topology.neighbour(router, port));
    output.target = input.upstream = static_cast<std::uint32_t>(index(neighbour, topology.opposite(router, port)));
  }
}

} // namespace moesaic::hw::noc
