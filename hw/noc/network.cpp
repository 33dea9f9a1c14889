#include "hw/noc/network.hpp"

#include <algorithm>

#include "description/error.hpp"
#include "hw/noc/deadlock.hpp"

namespace moesaic::hw::noc {

namespace {

const NetworkConfig& checked(const NetworkConfig& config) {
  check(config);
  return config;
}

/// The longest way ahead that anything is put on the wheel.
std::uint64_t horizon(const NetworkConfig& config) {
  int longest = 1;
  for (const LinkClass& link : config.topology.link_classes())
    longest = std::max(longest, link.latency + link.cycles_per_flit);
  return static_cast<std::uint64_t>(longest + config.pipeline.router_cycles() + config.pipeline.credit + 2);
}

} // namespace

Network::Network(const NetworkConfig& config)
    : config_(checked(config)), route_(config_, trees_),
      bank_(config_, route_, 0, config_.topology.routers()), ports_(bank_.ports()), vcs_(bank_.vcs()),
      wheel_(horizon(config_)), active_routers_(static_cast<std::size_t>(config_.topology.routers())),
      active_injectors_(static_cast<std::size_t>(config_.topology.endpoints())) {
  const auto endpoints = static_cast<std::size_t>(config_.topology.endpoints());
  injectors_.resize(endpoints);
  injector_credits_.assign(endpoints * static_cast<std::size_t>(vcs_),
                           static_cast<std::uint16_t>(config_.depth));
  const int local = config_.topology.link_classes()[local_link].latency;
  injection_delay_ = static_cast<std::uint32_t>(1 + local);
  ejection_credit_delay_ = static_cast<std::uint32_t>(1 + local + config_.pipeline.credit);
  build_links();
}

void Network::build_links() {
  const Topology& topology = config_.topology;
  links_.resize(static_cast<std::size_t>(topology.routers() * ports_));
  upstream_.resize(links_.size());
  for (int r = 0; r < topology.routers(); ++r)
    for (int port = 0; port < ports_; ++port) {
      const std::size_t here = static_cast<std::size_t>(r * ports_ + port);
      const int latency = topology.link_classes()[topology.link_class(r, port)].latency;
      Link& link = links_[here];
      Upstream& up = upstream_[here];
      link.delay = static_cast<std::uint32_t>(1 + config_.pipeline.traversal + latency);
      up.delay = static_cast<std::uint32_t>(1 + config_.pipeline.credit + latency);
      link.ejects = port >= first_local;
      if (link.ejects) {
        link.target = up.target = static_cast<std::uint32_t>(topology.endpoint_at(r, port - first_local));
        up.port = CreditArrival::of_injector;
      } else {
        // The link back has the same class, so the credits of this input take the latency found above.
        link.target = up.target = static_cast<std::uint32_t>(std::max(0, topology.neighbour(r, port)));
        link.input = static_cast<std::uint16_t>((port ^ 1) * vcs_);
        up.port = static_cast<std::uint16_t>(port ^ 1);
      }
    }
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
    const int router = topology.router_of(packet.destination);
    pooled.route =
        Flit::place(topology.x_of(router), topology.y_of(router), topology.port_of(packet.destination));
    pooled.references = 1;
  }
  (injector.queued++ ? pool_[injector.last].next : injector.first) = id;
  injector.last = id;
  in_flight_ += pooled.references;
  active_injectors_.insert(e);
  return true;
}

void Network::resume(int endpoint) {
  if (refused_.count(static_cast<std::uint32_t>(endpoint)))
    resumed_.push_back(static_cast<std::uint32_t>(endpoint));
}

std::uint64_t Network::next_cycle() const {
  if (!active_routers_.empty() || !active_injectors_.empty() || !resumed_.empty())
    return cycle_ + 1;
  std::uint64_t next = wheel_.next(cycle_);
  for (const Agent* agent : agents_)
    next = std::min(next, std::max(agent->next_action(), cycle_ + 1));
  return next;
}

std::vector<std::uint64_t> Network::port_flits() const {
  std::vector<std::uint64_t> flits;
  for (int r = 0; r < config_.topology.routers(); ++r)
    for (int port = 0; port < ports_; ++port)
      flits.push_back(bank_.output(r, port).flits);
  return flits;
}

std::vector<std::uint64_t> Network::link_flits() const {
  std::vector<std::uint64_t> flits(config_.topology.link_classes().size());
  for (int r = 0; r < config_.topology.routers(); ++r)
    for (int port = 0; port < ports_; ++port)
      flits[config_.topology.link_class(r, port)] += bank_.output(r, port).flits;
  return flits;
}

std::uint64_t Network::flit_hops() const {
  std::uint64_t hops = 0;
  for (const std::uint64_t flits : link_flits())
    hops += flits;
  return hops;
}

} // namespace moesaic::hw::noc
