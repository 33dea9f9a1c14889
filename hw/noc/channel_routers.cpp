#include "hw/noc/channel_routers.hpp"

#include <algorithm>

namespace moesaic::hw::noc {

ChannelRouters::ChannelRouters(const NetworkConfig& config, const RouteFunction& route)
    : config_(config), times_(config), bank_(config, route, 0, config.topology.routers()),
      ports_(bank_.ports()), vcs_(bank_.vcs()), wheel_(times_.horizon),
      active_(static_cast<std::size_t>(config.topology.routers())) {
  build_links();
}

void ChannelRouters::build_links() {
  const Topology& topology = config_.topology;
  links_.resize(static_cast<std::size_t>(topology.routers() * ports_));
  upstream_.resize(links_.size());
  for (int r = 0; r < topology.routers(); ++r)
    for (int port = 0; port < ports_; ++port) {
      const std::size_t here = static_cast<std::size_t>(r * ports_ + port);
      Link& link = links_[here];
      Upstream& up = upstream_[here];
      link.delay = times_.flit(r, port);
      up.delay = times_.credit(r, port);
      link.ejects = topology.is_local(r, port);
      if (link.ejects) {
        link.target = up.target = static_cast<std::uint32_t>(topology.endpoint_at(r, port - first_local));
        up.port = CreditArrival::of_injector;
      } else {
        link.target = up.target = static_cast<std::uint32_t>(std::max(0, topology.neighbour(r, port)));
        const int opposite = topology.opposite(r, port);
        link.input = static_cast<std::uint16_t>(opposite * vcs_);
        up.port = static_cast<std::uint16_t>(opposite);
      }
    }
}

/// Where a router's step puts what leaves it: on the wheel, at the cycle in which it arrives.
struct ChannelRouters::Transport {
  const Link* links;        // of the router's ports
  const Upstream* upstream; // likewise
  Wheel<Slot>& wheel;
  std::uint64_t now;

  void flit(int port, int vc, Flit flit) {
    const Link& link = links[port];
    Slot& slot = wheel.at(now + link.delay);
    if (link.ejects)
      slot.ejections.push_back({link.target, static_cast<std::uint32_t>(vc), flit});
    else
      slot.flits.push_back({link.target, static_cast<std::uint32_t>(link.input + vc), flit});
  }
  void credit(int port, int vc) {
    const Upstream& up = upstream[port];
    wheel.at(now + up.delay).credits.push_back({up.target, up.port, static_cast<std::uint16_t>(vc)});
  }
};

void ChannelRouters::step(std::uint64_t cycle) {
  Slot& slot = wheel_.take(cycle);
  credits_.clear();
  for (const CreditArrival& credit : slot.credits)
    if (credit.port == CreditArrival::of_injector) {
      credits_.push_back({credit.router, credit.vc});
    } else {
      bank_.credit(static_cast<int>(credit.router), credit.port, credit.vc);
      if (!bank_.idle(static_cast<int>(credit.router)))
        active_.insert(credit.router);
    }
  for (const FlitArrival& arrival : slot.flits) {
    bank_.arrive(static_cast<int>(arrival.router), static_cast<int>(arrival.input), arrival.flit, cycle);
    active_.insert(arrival.router);
  }
  for (const std::uint32_t router : slot.wakes)
    active_.insert(router);
  ejections_.swap(slot.ejections);
  slot.clear();
  active_.visit([this, cycle](std::uint32_t router) { return step_router(router, cycle); });
}

/// False when nothing can move before a timed wake unless a flit or credit arrives; both wake the router.
bool ChannelRouters::step_router(std::uint32_t r, std::uint64_t cycle) {
  const std::size_t first = static_cast<std::size_t>(r) * static_cast<std::size_t>(ports_);
  Transport transport{&links_[first], &upstream_[first], wheel_, cycle};
  const RouterBank::Outcome outcome = bank_.step(static_cast<int>(r), cycle, transport);
  if (outcome.progress)
    return !bank_.idle(static_cast<int>(r));
  if (outcome.wake != never)
    wheel_.at(outcome.wake).wakes.push_back(r);
  return false;
}

void ChannelRouters::enter(std::uint32_t endpoint, int vc, Flit flit, std::uint64_t cycle) {
  const int e = static_cast<int>(endpoint);
  wheel_.at(cycle + times_.injection)
      .flits.push_back({static_cast<std::uint32_t>(config_.topology.router_of(e)),
                        static_cast<std::uint32_t>(config_.topology.port_of(e) * vcs_ + vc), flit});
}

void ChannelRouters::free_slot(std::uint32_t endpoint, int vc, std::uint64_t cycle) {
  const int e = static_cast<int>(endpoint);
  wheel_.at(cycle + times_.ejection_credit)
      .credits.push_back({static_cast<std::uint32_t>(config_.topology.router_of(e)),
                          static_cast<std::uint16_t>(config_.topology.port_of(e)),
                          static_cast<std::uint16_t>(vc)});
}

Wait ChannelRouters::wait(int router, int input) const {
  const InputChannel& channel = bank_.input(router, input);
  const std::uint32_t only = 1u << channel.out_port;
  if (channel.active)
    return {only, channel.out_vc};
  return {channel.ports ? channel.ports : only, -1};
}

} // namespace moesaic::hw::noc
