// One cycle of the network: agents, routers, deliveries, injection.
#include <algorithm>

#include "hw/noc/deadlock.hpp"
#include "hw/noc/network.hpp"

namespace moesaic::hw::noc {

void Network::step(std::uint64_t cycle) {
  stepping_ = true;
  cycle_ = cycle;
  for (Agent* agent : agents_)
    if (agent->next_action() <= cycle) {
      ++callbacks_;
      agent->act(cycle);
    }
  routers_->step(cycle);
  for (const InjectionCredit& credit : routers_->credits()) {
    ++injector_credits_[credit.endpoint * vcs_ + credit.vc];
    active_injectors_.insert_if(injectors_[credit.endpoint].queued, credit.endpoint);
  }
  if (!resumed_.empty())
    offer_again();
  if (!routers_->ejections().empty())
    eject(routers_->ejections());
  active_injectors_.visit([this](std::uint32_t endpoint) { return inject_flit(endpoint); });
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
  if (vc < 0)
    return false;
  std::uint16_t& credits = injector_credits_[endpoint * vcs_ + static_cast<std::uint32_t>(vc)];
  if (credits == 0)
    return false;
  injector.vc = static_cast<std::uint8_t>(vc);
  --credits;

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
  routers_->enter(endpoint, vc, flit, cycle_);
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
  for (std::uint32_t k = 1; k <= vcs_; ++k) {
    const std::uint32_t vc = injector.vc + k < vcs_ ? injector.vc + k : injector.vc + k - vcs_;
    if (injector_credits_[endpoint * vcs_ + vc] > 0)
      return static_cast<int>(vc);
  }
  return -1;
}

/// Deliveries of one cycle come in order of endpoints, whatever the order in which routers were stepped.
void Network::eject(std::vector<Ejection>& arrived) {
  const auto before = [](const Ejection& a, const Ejection& b) { return a.endpoint < b.endpoint; };
  if (!std::is_sorted(arrived.begin(), arrived.end(), before))
    std::sort(arrived.begin(), arrived.end(), before);
  for (const Ejection& ejection : arrived) {
    if (refused_.waits(ejection.endpoint) || !consume(ejection))
      refused_.push(ejection);
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
  routers_->free_slot(ejection.endpoint, static_cast<int>(ejection.vc), cycle_);
  return true;
}

void Network::offer_again() {
  std::vector<std::uint32_t> endpoints;
  endpoints.swap(resumed_);
  std::sort(endpoints.begin(), endpoints.end());
  for (const std::uint32_t endpoint : endpoints)
    while (refused_.waits(endpoint) && consume(refused_.front(endpoint)))
      refused_.pop(endpoint);
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
    throw DeadlockError(describe_deadlock(config_, *routers_));
}

} // namespace moesaic::hw::noc
