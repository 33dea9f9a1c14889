#include "hw/noc/network.hpp"

#include <algorithm>
#include <stdexcept>

#include "description/error.hpp"
#include "hw/noc/deadlock.hpp"

namespace moesaic::hw::noc {

namespace {

const NetworkConfig& checked(const NetworkConfig& config) {
  check(config);
  return config;
}

} // namespace

Network::Network(const NetworkConfig& config)
    : config_(checked(config)), route_(config_, trees_), routers_(make_routers(config_, route_)),
      vcs_(static_cast<std::uint32_t>(config_.virtual_channels)),
      injectors_(static_cast<std::size_t>(config_.topology.endpoints())),
      injector_credits_(injectors_.size() * vcs_, static_cast<std::uint16_t>(config_.depth)),
      active_injectors_(injectors_.size()), refused_(injectors_.size()) {
  const Topology& topology = config_.topology;
  for (int endpoint = 0; endpoint < topology.endpoints(); ++endpoint) {
    const int router = topology.router_of(endpoint);
    places_.push_back(Flit::place(topology.x_of(router), topology.y_of(router), topology.port_of(endpoint)));
  }
}

int Network::add_group(int source, const std::vector<int>& destinations) {
  if (!config_.multicast)
    throw std::logic_error("a network configured without multicast takes no groups");
  return trees_.add(config_.topology, source, destinations);
}

int Network::add_group(int source, const std::vector<int>& destinations, const Links& links) {
  if (!config_.multicast)
    throw std::logic_error("a network configured without multicast takes no groups");
  return trees_.add(config_.topology, source, destinations, links);
}

bool Network::try_inject(int source, const Packet& packet, std::uint64_t cycle, std::uint64_t created) {
  const Topology& topology = config_.topology;
  if (source < 0 || source >= topology.endpoints() || packet.length < 1 || packet.length > 65535)
    throw InputError("a packet of " + std::to_string(packet.length) + " flits from endpoint " +
                     std::to_string(source) + ": no such endpoint or length");
  const bool multicast = packet.group >= 0;
  if (multicast &&
      (packet.group >= trees_.groups() || trees_.root_router(packet.group) != topology.router_of(source)))
    throw InputError("multicast group " + std::to_string(packet.group) + " does not start at endpoint " +
                     std::to_string(source) + "'s router");
  if (multicast && packet.length > 1 && vcs_ > 1)
    throw InputError("multicast packets of several flits are not supported with several virtual channels");
  if (!multicast && (packet.destination < 0 || packet.destination >= topology.endpoints()))
    throw InputError("a packet to endpoint " + std::to_string(packet.destination) + ", which does not exist");
  const auto e = static_cast<std::uint32_t>(source);
  Injector& injector = injectors_[e];
  if (injector.queued >= config_.injection_queue) {
    injector.refused = true;
    return false;
  }

  const std::uint32_t id = pool_.take();
  PooledPacket& pooled = pool_[id];
  pooled.delivery = {source,     multicast ? packet.group : -1,     packet.length, packet.payload,
                     packet.tag, created == never ? cycle : created};
  pooled.enters = cycle;
  pooled.next = no_packet;
  if (multicast) {
    pooled.route = trees_.root(packet.group) | Flit::multicast_bit;
    pooled.references = static_cast<std::uint32_t>(trees_.destinations(packet.group));
  } else {
    pooled.route = places_[static_cast<std::size_t>(packet.destination)];
    pooled.references = 1;
  }
  (injector.queued++ ? pool_[injector.last].next : injector.first) = id;
  injector.last = id;
  in_flight_ += pooled.references;
  active_injectors_.insert(e);
  return true;
}

void Network::resume(int endpoint) {
  if (refused_.waits(static_cast<std::uint32_t>(endpoint)))
    resumed_.push_back(static_cast<std::uint32_t>(endpoint));
}

std::uint64_t Network::next_cycle() const {
  if (!active_injectors_.empty() || !resumed_.empty())
    return cycle_ + 1;
  std::uint64_t next = routers_->next(cycle_);
  for (const Agent* agent : agents_)
    next = std::min(next, std::max(agent->next_action(), cycle_ + 1));
  return next;
}

std::vector<std::uint64_t> Network::port_flits() const {
  std::vector<std::uint64_t> flits;
  for (int r = 0; r < config_.topology.routers(); ++r)
    for (int port = 0; port < config_.topology.ports(); ++port)
      flits.push_back(routers_->flits(r, port));
  return flits;
}

std::vector<std::uint64_t> Network::link_flits() const {
  std::vector<std::uint64_t> flits(config_.topology.link_classes().size());
  for (int r = 0; r < config_.topology.routers(); ++r)
    for (int port = 0; port < config_.topology.ports(); ++port)
      flits[config_.topology.link_class(r, port)] += routers_->flits(r, port);
  return flits;
}

std::uint64_t Network::flit_hops() const {
  std::uint64_t hops = 0;
  for (const std::uint64_t flits : link_flits())
    hops += flits;
  return hops;
}

} // namespace moesaic::hw::noc
