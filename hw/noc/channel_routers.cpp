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
      Way& link = links_[here];
      Way& up = upstream_[here];
      link.delay = times_.flit(r, port);
      up.delay = times_.credit(r, port);
      if (topology.is_local(r, port)) {
        link.target = up.target = static_cast<std::uint32_t>(topology.endpoint_at(r, port - first_local));
        link.end = up.end = at_endpoint;
      } else {
        link.target = up.target = static_cast<std::uint32_t>(std::max(0, topology.neighbour(r, port)));
        link.channel = up.channel = static_cast<std::uint32_t>(topology.opposite(r, port) * vcs_);
      }
    }
}

/// Where a router's step puts what leaves it: on the wheel, at the cycle in which it arrives.
struct ChannelRouters::Transport {
  const Way* links;    // of the router's ports
  const Way* upstream; // likewise
  Wheel<Slot>& wheel;
  std::uint64_t now;

  void flit(int port, int vc, Flit flit) {
    const Way& link = links[port];
    wheel.at(now + link.delay).flits[link.end].push_back({link.target, link.channel + static_cast<std::uint32_t>(vc), flit});
  }
  void credit(int port, int vc) {
    const Way& up = upstream[port];
    wheel.at(now + up.delay).credits[up.end].push_back({up.target, up.channel + static_cast<std::uint32_t>(vc)});
  }
};

void ChannelRouters::step(std::uint64_t cycle) {
  Slot& slot = wheel_.take(cycle);
  for (const InjectionCredit& credit : slot.credits[at_router]) {
    const int router = static_cast<int>(credit.endpoint);
    bank_.credit(router, static_cast<int>(credit.vc));
    active_.insert_if(!bank_.idle(router), credit.endpoint);
  }
  for (const Ejection& arrival : slot.flits[at_router]) {
    bank_.arrive(static_cast<int>(arrival.endpoint), static_cast<int>(arrival.vc), arrival.flit, cycle);
    active_.insert(arrival.endpoint);
  }
  for (const std::uint32_t router : slot.wakes)
    active_.insert(router);
  ejections_.swap(slot.flits[at_endpoint]);
  credits_.swap(slot.credits[at_endpoint]);
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
      .flits[at_router]
      .push_back({static_cast<std::uint32_t>(config_.topology.router_of(e)),
                  static_cast<std::uint32_t>(config_.topology.port_of(e) * vcs_ + vc), flit});
}

void ChannelRouters::free_slot(std::uint32_t endpoint, int vc, std::uint64_t cycle) {
  const int e = static_cast<int>(endpoint);
  wheel_.at(cycle + times_.ejection_credit)
      .credits[at_router]
      .push_back({static_cast<std::uint32_t>(config_.topology.router_of(e)),
                  static_cast<std::uint32_t>(config_.topology.port_of(e) * vcs_ + vc)});
}

Wait ChannelRouters::wait(int router, int input) const {
  const InputChannel& channel = bank_.input(router, input);
  const std::uint32_t only = 1u << channel.out_port;
  if (channel.active)
    return {only, channel.out_vc};
  return {channel.ports ? channel.ports : only, -1};
}

} // namespace moesaic::hw::noc
