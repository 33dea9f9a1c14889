// One cycle of the network: agents, arrivals, injection, routers.
#include <algorithm>

#include "hw/noc/deadlock.hpp"
#include "hw/noc/network.hpp"

namespace moesaic::hw::noc {

/// Where a router's step puts what leaves it: on the wheel, at the cycle in which it arrives.
struct Network::Transport {
  const Link* links;        // of the router's ports
  const Upstream* upstream; // likewise
  Wheel& wheel;
  std::uint64_t now;

  void flit(int port, int vc, Flit flit) {
    const Link& link = links[port];
    WheelSlot& slot = wheel.at(now + link.delay);
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

void Network::step(std::uint64_t cycle) {
  stepping_ = true;
  cycle_ = cycle;
  for (Agent* agent : agents_)
    if (agent->next_action() <= cycle) {
      ++callbacks_;
      agent->act(cycle);
    }
  WheelSlot& slot = wheel_.take(cycle);
  for (const CreditArrival& credit : slot.credits)
    if (credit.port == CreditArrival::of_injector) {
      ++injector_credits_[credit.router * static_cast<std::uint32_t>(vcs_) + credit.vc];
      if (injectors_[credit.router].queued)
        active_injectors_.insert(credit.router);
    } else {
      bank_.credit(static_cast<int>(credit.router), credit.port, credit.vc);
      if (!bank_.idle(static_cast<int>(credit.router)))
        active_routers_.insert(credit.router);
    }
  for (const FlitArrival& arrival : slot.flits) {
    bank_.arrive(static_cast<int>(arrival.router), static_cast<int>(arrival.input), arrival.flit, cycle);
    active_routers_.insert(arrival.router);
  }
  for (const std::uint32_t router : slot.wakes)
    active_routers_.insert(router);
  if (!resumed_.empty())
    offer_again();
  if (!slot.ejections.empty())
    eject(slot.ejections);
  slot.clear();
  active_injectors_.visit([this](std::uint32_t endpoint) { return inject_flit(endpoint); });
  active_routers_.visit([this](std::uint32_t router) { return step_router(router); });
  if (!has_room_.empty())
    call_room();
  stepping_ = false;
  if (in_flight_ != 0)
    require_movement();
}

/// Sends one flit of the endpoint's first packet. False when it has nothing to send until a credit or packet
/// comes.
bool Network::inject_flit(std::uint32_t endpoint) {
  Injector& injector = injectors_[endpoint];
  if (!injector.queued)
    return false;
  const std::uint32_t id = injector.first;
  const PooledPacket& packet = pool_[id];
  if (packet.enters > cycle_)
    return true;
  const int vc = injector.sent ? injector.vc : free_vc(endpoint, injector);
  if (vc < 0 ||
      injector_credits_[endpoint * static_cast<std::uint32_t>(vcs_) + static_cast<std::uint32_t>(vc)] == 0)
    return false;
  injector.vc = static_cast<std::uint8_t>(vc);
  --injector_credits_[endpoint * static_cast<std::uint32_t>(vcs_) + static_cast<std::uint32_t>(vc)];

  // Every flit of a multicast packet finds its own way, so each is a head; only the last completes the
  // packet. With a tail bit on all of them the routers would see packets of one flit, which is what they are
  // there.
  const bool last = ++injector.sent == packet.delivery.length;
  const bool multicast = packet.route & Flit::multicast_bit;
  Flit flit{id, packet.route};
  if (injector.sent == 1 || multicast)
    flit.route |= Flit::head_bit;
  if (last)
    flit.route |= Flit::tail_bit;
  const auto& topology = config_.topology;
  const auto router = static_cast<std::uint32_t>(topology.router_of(static_cast<int>(endpoint)));
  const int port = topology.port_of(static_cast<int>(endpoint));
  wheel_.at(cycle_ + injection_delay_)
      .flits.push_back({router, static_cast<std::uint32_t>(port * vcs_ + vc), flit});
  ++injected_flits_;
  if (last) {
    injector.sent = 0;
    injector.first = packet.next;
    --injector.queued;
    if (injector.refused) {
      injector.refused = false;
      has_room_.push_back(endpoint);
    }
  }
  return injector.queued != 0;
}

/// The next virtual channel in turn that has a credit, or -1.
int Network::free_vc(std::uint32_t endpoint, const Injector& injector) const {
  for (int k = 1; k <= vcs_; ++k) {
    const int vc = (injector.vc + k) % vcs_;
    if (injector_credits_[endpoint * static_cast<std::uint32_t>(vcs_) + static_cast<std::uint32_t>(vc)] > 0)
      return vc;
  }
  return -1;
}

/// False when nothing can move before a timed wake unless a flit or credit arrives; both wake the router.
bool Network::step_router(std::uint32_t r) {
  const std::size_t first = static_cast<std::size_t>(r) * static_cast<std::size_t>(ports_);
  Transport transport{&links_[first], &upstream_[first], wheel_, cycle_};
  const RouterBank::Outcome outcome = bank_.step(static_cast<int>(r), cycle_, transport);
  if (outcome.progress)
    return !bank_.idle(static_cast<int>(r));
  if (outcome.wake != never)
    wheel_.at(outcome.wake).wakes.push_back(r);
  return false;
}

/// Deliveries of one cycle come in order of endpoints, whatever the order in which routers were stepped.
void Network::eject(std::vector<Ejection>& arrived) {
  const auto before = [](const Ejection& a, const Ejection& b) { return a.endpoint < b.endpoint; };
  if (!std::is_sorted(arrived.begin(), arrived.end(), before))
    std::sort(arrived.begin(), arrived.end(), before);
  for (const Ejection& ejection : arrived) {
    const auto waiting = refused_.empty() ? refused_.end() : refused_.find(ejection.endpoint);
    if (waiting != refused_.end())
      waiting->second.push_back(ejection);
    else if (!consume(ejection))
      refused_[ejection.endpoint].push_back(ejection);
  }
}

/// Takes a flit out of an ejection buffer; false when its packet is complete and the endpoint refuses it.
bool Network::consume(const Ejection& ejection) {
  if (ejection.flit.tail()) {
    const Delivery delivery = pool_[ejection.flit.packet].delivery; // a copy: the callback may grow the pool
    ++callbacks_;
    if (endpoints_ && !endpoints_->deliver(static_cast<int>(ejection.endpoint), delivery, cycle_))
      return false;
    ++delivered_;
    if (--pool_[ejection.flit.packet].references == 0)
      pool_.release(ejection.flit.packet);
    if (--in_flight_ == 0 && endpoints_)
      endpoints_->network_empty(cycle_);
  }
  const auto& topology = config_.topology;
  const auto router = static_cast<std::uint32_t>(topology.router_of(static_cast<int>(ejection.endpoint)));
  const int port = topology.port_of(static_cast<int>(ejection.endpoint));
  wheel_.at(cycle_ + ejection_credit_delay_)
      .credits.push_back({router, static_cast<std::uint16_t>(port), static_cast<std::uint16_t>(ejection.vc)});
  return true;
}

void Network::offer_again() {
  std::vector<std::uint32_t> endpoints;
  endpoints.swap(resumed_);
  std::sort(endpoints.begin(), endpoints.end());
  for (const std::uint32_t endpoint : endpoints) {
    const auto waiting = refused_.find(endpoint);
    if (waiting == refused_.end())
      continue;
    auto& queue = waiting->second;
    while (!queue.empty() && consume(queue.front()))
      queue.pop_front();
    if (queue.empty())
      refused_.erase(waiting);
  }
}

void Network::call_room() {
  std::vector<std::uint32_t> endpoints;
  endpoints.swap(has_room_);
  for (const std::uint32_t endpoint : endpoints) {
    ++callbacks_;
    if (endpoints_)
      endpoints_->room(static_cast<int>(endpoint), cycle_);
  }
}

/// With packets in flight something must be due; a delivery that an endpoint refused is the endpoint's
/// business.
void Network::require_movement() const {
  if (refused_.empty() && next_cycle() == never)
    throw DeadlockError(describe_deadlock(config_, bank_));
}

} // namespace moesaic::hw::noc
