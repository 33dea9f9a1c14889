#include "hw/noc/wormhole_routers.hpp"

#include <algorithm>

namespace moesaic::hw::noc {

bool WormholeRouters::can_hold(const NetworkConfig& config) {
  return config.virtual_channels == 1 && config.routing != Routing::west_first && !config.multicast;
}

WormholeRouters::WormholeRouters(const NetworkConfig& config, const RouteFunction& route)
    : config_(config), route_(route), times_(config), ports_(config.topology.ports()),
      depth_(static_cast<std::uint32_t>(config.depth)), speculative_(config.pipeline.speculative),
      plain_(config.routing == Routing::dimension_order && !config.topology.is_tree()) {
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
  stripes_.assign(static_cast<std::size_t>(stripes),
                  {Wheel<Slot>(times_.horizon), ActiveSet(outputs_.size())});
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

void WormholeRouters::Slot::clear() {
  for (auto* lists : {&arrivals, &credits})
    for (auto& list : *lists)
      list.clear();
  fronts.clear();
  links.clear();
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
    stripe.wheel.at(now + delay).fronts.push_back(input);
}

/// The front flit of `id` has left: the credit of its place goes back, and the next flit moves up.
inline void WormholeRouters::leave(Stripe& stripe, std::uint32_t id, bool tail, std::uint64_t now) {
  Input& input = inputs_[id];
  stripe.wheel.at(now + input.credit_delay).credits[input.side].push_back(input.upstream);
  input.first = after(input.first);
  if (--input.count > 0)
    stripe.wheel.at(now + 1 + (tail ? head_delay_ : 0)).fronts.push_back(id);
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
    stripe.wheel.at(now + output.cycles_per_flit).links.push_back(id);
  }
  at(output.target, output.place) = flit; // at once, as the credit vouches for it; it counts from its arrival
  output.place = after(output.place);
  stripe.wheel.at(now + output.delay).arrivals[output.side].push_back(output.target);
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
  const int port = round_robin(taken ? output.passing : output.bids, output.pointer);
  output.passing = static_cast<std::uint16_t>(1u << port);
  output.pointer = static_cast<std::uint8_t>(next_in_turn(port, ports_));
  if (!speculative_ && !taken) { // it bids again, for the switch, when that stage has its turn
    output.bids = static_cast<std::uint16_t>(output.bids & ~output.passing);
    stripe.wheel.at(now + switch_delay_)
        .fronts.push_back(output.first_input + static_cast<std::uint32_t>(port));
    return false;
  }
  if (!(output.bids & output.passing) || output.credits == 0 || output.serialising)
    return false;
  return send(stripe, id, port, now);
}

void WormholeRouters::reach_endpoints(const Slot& slot) {
  for (const std::uint32_t buffer : slot.arrivals[at_endpoint]) {
    const std::uint32_t endpoint = buffer - static_cast<std::uint32_t>(inputs_.size());
    std::uint16_t& first = terminals_[endpoint].first;
    ejections_.push_back({endpoint, 0, at(buffer, first)});
    first = after(first);
  }
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
  stripe_at(terminal).wheel.at(cycle + times_.injection).arrivals[in_stripe].push_back(terminal.input);
}

void WormholeRouters::free_slot(std::uint32_t endpoint, int, std::uint64_t cycle) {
  const Terminal& terminal = terminals_[endpoint];
  stripe_at(terminal).wheel.at(cycle + times_.ejection_credit).credits[in_stripe].push_back(terminal.input);
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
