#include "hw/noc/wormhole_routers.hpp"

#include <algorithm>

namespace moesaic::hw::noc {

void WormholeRouters::Slot::clear() {
  for (auto* lists : {&arrivals, &credits})
    for (auto& list : *lists)
      list.clear();
  fronts.clear();
  links.clear();
}

inline int WormholeRouters::route(const Input& input, int port, Flit flit) const {
  if (plain_)
    return dimension_order(input.x, input.y, flit);
  return __builtin_ctz(route_(input.x, input.y, port, false, flit).ports);
}

/// Shows the front flit of `id` to the output that it wants, which is the same for all flits of a packet.
inline void WormholeRouters::bid(Stripe& stripe, std::uint32_t id) {
  const Input& input = inputs_[id];
  const int port = static_cast<int>(id - input.first_output);
  const std::uint32_t wanted = input.first_output + static_cast<std::uint32_t>(route(input, port, front(id)));
  outputs_[wanted].bids = static_cast<std::uint16_t>(outputs_[wanted].bids | 1u << port);
  stripe.active.insert(wanted);
}

/// A flit has come into an empty buffer: it goes through the stages before the switch.
inline void WormholeRouters::come_to_front(Stripe& stripe, std::uint32_t input, std::uint64_t now) {
  const std::uint32_t delay = front(input).head() ? head_delay_ : body_delay_;
  if (delay == 0)
    bid(stripe, input);
  else
    stripe.plan(now + delay, &Slot::fronts, input);
}

/// The front flit of `id` has left: the credit of its place goes back, and the next flit moves up.
inline void WormholeRouters::leave(Stripe& stripe, std::uint32_t id, bool tail, std::uint64_t now) {
  Input& input = inputs_[id];
  stripe.plan(now + input.credit_delay, &Slot::credits, input.side, input.upstream);
  input.first = after(input.first);
  if (--input.count > 0)
    stripe.plan(now + 1 + (tail ? head_delay_ : 0), &Slot::fronts, id);
}

/// Sends the front flit of input `port` of its router through output `id`. True when others wait for the
/// output and may try in the next cycle.
inline bool WormholeRouters::send(Stripe& stripe, std::uint32_t id, int port, std::uint64_t now) {
  Output& output = outputs_[id];
  const std::uint32_t input = output.first_input + static_cast<std::uint32_t>(port);
  const Flit flit = front(input);
  --output.credits;
  ++output.flits;
  if (output.cycles_per_flit > 1) {
    output.serialising = true;
    stripe.plan(now + output.cycles_per_flit, &Slot::links, id);
  }
  at(output.target, output.place) = flit; // at once, as the credit vouches for it; it counts from its arrival
  output.place = after(output.place);
  stripe.plan(now + output.delay, &Slot::arrivals, output.side, output.target);
  leave(stripe, input, flit.tail(), now);
  output.bids = static_cast<std::uint16_t>(output.bids & ~(1u << port));
  output.passing = static_cast<std::uint16_t>(output.passing * !flit.tail()); // a branch would be a coin toss
  return !(output.passing | (output.bids == 0));
}

/// One cycle of an output: it takes a packet if none is passing, and sends a flit of the one that is. False
/// when nothing more can happen until a flit, credit or link wakes it.
inline bool WormholeRouters::step_output(Stripe& stripe, std::uint32_t id, std::uint64_t now) {
  Output& output = outputs_[id];
  const bool taken = output.passing != 0;
  const std::uint32_t others = output.bids & (static_cast<std::uint32_t>(taken) - 1); // a branch would be a coin toss
  const int port = round_robin_16(output.passing | others, output.pointer);
  output.passing = static_cast<std::uint16_t>(1u << port);
  output.pointer = static_cast<std::uint16_t>(port + 1); // one too many goes round as well
  if (!speculative_ && !taken) { // it bids again, for the switch, when that stage has its turn
    output.bids = static_cast<std::uint16_t>(output.bids & ~output.passing);
    stripe.plan(now + switch_delay_, &Slot::fronts, output.first_input + static_cast<std::uint32_t>(port));
    return false;
  }
  if (!(output.bids & output.passing) || output.credits == 0 || output.serialising)
    return false;
  return send(stripe, id, port, now);
}

void WormholeRouters::reach_endpoints(const Slot& slot) {
  for (const std::uint32_t buffer : slot.arrivals[at_endpoint])
    reached_.insert(buffer - static_cast<std::uint32_t>(inputs_.size()));
  for (const std::uint32_t endpoint : slot.credits[at_endpoint])
    credits_.push_back({endpoint, 0});
}

/// What comes over the links into the routers of `stripe`.
inline void WormholeRouters::take(Stripe& stripe, const std::vector<std::uint32_t>& credits,
                                  const std::vector<std::uint32_t>& arrivals, std::uint64_t now) {
  for (const std::uint32_t output : credits) {
    ++outputs_[output].credits;
    if (outputs_[output].bids)
      stripe.active.insert(output);
  }
  for (const std::uint32_t input : arrivals)
    if (inputs_[input].count++ == 0)
      come_to_front(stripe, input, now);
}

void WormholeRouters::step_stripe(std::size_t k, std::uint64_t cycle) {
  Stripe& stripe = stripes_[k];
  Slot& slot = *stripe.now;
  for (const std::uint32_t output : slot.links) {
    outputs_[output].serialising = false;
    stripe.active.insert_if(outputs_[output].bids, output);
  }
  for (const std::uint32_t input : slot.fronts)
    bid(stripe, input);
  take(stripe, slot.credits[in_stripe], slot.arrivals[in_stripe], cycle);
  if (k > 0)
    take(stripe, stripes_[k - 1].now->credits[in_stripe_below],
         stripes_[k - 1].now->arrivals[in_stripe_below], cycle);
  if (k + 1 < stripes_.size())
    take(stripe, stripes_[k + 1].now->credits[in_stripe_above],
         stripes_[k + 1].now->arrivals[in_stripe_above], cycle);
  stripe.active.visit([&](std::uint32_t output) { return step_output(stripe, output, cycle); });
}

void WormholeRouters::step(std::uint64_t cycle) {
  for (Stripe& stripe : stripes_) {
    if (stripe.now)
      stripe.now->clear();
    stripe.now = &stripe.wheel.take(cycle);
  }
  const int stripes = static_cast<int>(stripes_.size());
  if (stripes == 1) {
    step_stripe(0, cycle);
  } else {
#pragma omp parallel for num_threads(stripes) schedule(static)
    for (int k = 0; k < stripes; ++k)
      step_stripe(static_cast<std::size_t>(k), cycle);
  }
  ejections_.clear();
  credits_.clear();
  for (const Stripe& stripe : stripes_)
    reach_endpoints(*stripe.now);
  // In order of endpoints, each of which its link brings one flit at most.
  reached_.visit([this](std::uint32_t endpoint) {
    std::uint16_t& first = terminals_[endpoint].first;
    ejections_.push_back({endpoint, 0, at(static_cast<std::uint32_t>(inputs_.size()) + endpoint, first)});
    first = after(first);
    return false;
  });
}

std::uint64_t WormholeRouters::next(std::uint64_t cycle) const {
  std::uint64_t next = never;
  for (const Stripe& stripe : stripes_) {
    if (!stripe.active.empty())
      return cycle + 1;
    next = std::min(next, stripe.wheel.next(cycle));
  }
  return next;
}

void WormholeRouters::enter(std::uint32_t endpoint, int, Flit flit, std::uint64_t cycle) {
  Terminal& terminal = terminals_[endpoint];
  at(terminal.input, terminal.place) = flit;
  terminal.place = after(terminal.place);
  stripe_at(terminal).plan(cycle + times_.injection, &Slot::arrivals, in_stripe, terminal.input);
}

void WormholeRouters::free_slot(std::uint32_t endpoint, int, std::uint64_t cycle) {
  const Terminal& terminal = terminals_[endpoint];
  stripe_at(terminal).plan(cycle + times_.ejection_credit, &Slot::credits, in_stripe, terminal.input);
}

std::uint64_t WormholeRouters::occupied(int router) const {
  std::uint64_t bits = 0;
  for (int port = 0; port < ports_; ++port)
    bits |= std::uint64_t{inputs_[index(router, port)].count > 0} << port;
  return bits;
}

Wait WormholeRouters::wait(int router, int port) const {
  for (int out = 0; out < ports_; ++out)
    if (outputs_[index(router, out)].passing >> port & 1)
      return {1u << out, 0};
  const auto id = static_cast<std::uint32_t>(index(router, port));
  if (inputs_[id].count == 0)
    return {};
  return {1u << route(inputs_[id], port, front(id)), -1};
}

} // namespace moesaic::hw::noc
