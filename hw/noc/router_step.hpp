// The step of a router: bids, virtual-channel allocation, switch allocation, traversal. Included by
// router.hpp.
#pragma once

namespace moesaic::hw::noc {

template <int VCS, class Out>
RouterBank::Outcome RouterBank::step_all(const Router& router, std::uint64_t now, Out& out) {
  Bids bids;
  bid<VCS>(router, now, bids);
  if (bids.vc_outputs)
    allocate_vcs<VCS>(router, now, bids);
  if (!bids.switch_outputs)
    return {bids.progress, bids.wake};

  // Switch: every output grants one input port, every input port accepts one output.
  std::uint32_t granted[largest_ports], inputs = 0;
  for (std::uint32_t rest = bids.switch_outputs; rest; rest &= rest - 1) {
    const int port = __builtin_ctz(rest);
    const int in = round_robin(bids.switch_inputs[port], router.outputs[port].switch_pointer);
    granted[in] = (inputs >> in & 1 ? granted[in] : 0) | 1u << port;
    inputs |= 1u << in;
  }
  for (; inputs; inputs &= inputs - 1) {
    const int in = __builtin_ctz(inputs);
    traverse<VCS>(router, in, granted[in], now, bids, out);
  }
  return {bids.progress, bids.wake};
}

/// Input port `in_port` accepts one of the outputs `granted`, or, for a multicast flit, all that were granted
/// to it.
template <int VCS, class Out>
void RouterBank::traverse(const Router& router, int in_port, std::uint32_t granted, std::uint64_t now,
                          Bids& bids, Out& out) {
  const int port = round_robin(granted, router.input_ports[in_port].switch_pointer);
  const int vc = VCS == 1 ? 0 : bids.switch_vc[in_port][port], in = slot<VCS>(in_port, vc);
  accept_switch<VCS>(router, in, port);
  if (!router.inputs[in].multicast) {
    bids.progress |= send<VCS>(router, in, port, now, out);
    return;
  }
  std::uint32_t copies = 0;
  for (; granted; granted &= granted - 1) {
    const int branch = __builtin_ctz(granted);
    if (bids.switch_vc[in_port][branch] == vc || VCS == 1)
      copies |= 1u << branch;
  }
  bids.progress |= copy<VCS>(router, in, copies, now, out);
}

/// The round-robin pointers move past what was accepted.
template <int VCS> inline void RouterBank::accept_switch(const Router& router, int in, int port) {
  const int in_port = port_of<VCS>(in);
  InputPort& input = router.input_ports[in_port];
  input.switch_pointer = static_cast<std::uint16_t>(next_in_turn(port, ports_));
  input.vc_pointer = static_cast<std::uint16_t>(VCS == 1 ? 0 : next_in_turn(vc_of<VCS>(in), vcs_));
  router.outputs[port].switch_pointer = static_cast<std::uint16_t>(next_in_turn(in_port, ports_));
}

/// Sends the front flit of `in`, unless its grant was speculative and the channel was not won.
template <int VCS, class Out>
inline bool RouterBank::send(const Router& router, int in, int port, std::uint64_t now, Out& out) {
  InputChannel& channel = router.inputs[in];
  OutputPort& output = router.outputs[port];
  const int vc = VCS == 1 ? 0 : channel.out_vc;
  if (!channel.active || channel.out_port != port || !(output.credit >> vc & 1))
    return false;
  std::uint16_t& credits = router.output_channels[slot<VCS>(port, vc)].credits;
  if (--credits == 0)
    output.credit = static_cast<std::uint16_t>(output.credit & ~(1u << vc));
  output.free_at = now + output.cycles_per_flit;
  ++output.flits;
  const Flit flit = ring(router, in)[channel.first];
  out.flit(port, vc, flit);
  if (flit.tail()) {
    output.unheld |= static_cast<std::uint16_t>(1u << vc);
    channel.active = false;
  }
  leave<VCS>(router, in, now, out);
  return true;
}

/// Copies the multicast flit at the front of `in` to `ports`; it leaves when every branch has its copy.
template <int VCS, class Out>
bool RouterBank::copy(const Router& router, int in, std::uint32_t ports, std::uint64_t now, Out& out) {
  InputChannel& channel = router.inputs[in];
  const Flit flit = ring(router, in)[channel.first];
  bool sent = false;
  for (; ports; ports &= ports - 1) {
    const int port = __builtin_ctz(ports);
    OutputPort& output = router.outputs[port];
    const std::uint32_t channels = output.unheld & output.credit;
    if (!channels) // a packet took the channel in this very cycle
      continue;
    const int vc = __builtin_ctz(channels);
    if (--router.output_channels[slot<VCS>(port, vc)].credits == 0)
      output.credit = static_cast<std::uint16_t>(output.credit & ~(1u << vc));
    output.free_at = now + output.cycles_per_flit;
    ++output.flits;
    Flit branch = flit;
    if (!(router.state->locals >> port & 1))
      branch.route = (flit.route & ~Flit::node_mask) | route_.trees().child(flit.node(), port);
    out.flit(port, vc, branch);
    channel.ports &= ~(1u << port);
    sent = true;
  }
  if (!channel.ports)
    leave<VCS>(router, in, now, out);
  return sent;
}

/// The front flit of `in` has left: its slot's credit goes back, and the next flit moves up.
template <int VCS, class Out>
inline void RouterBank::leave(const Router& router, int in, std::uint64_t now, Out& out) {
  InputChannel& channel = router.inputs[in];
  out.credit(port_of<VCS>(in), vc_of<VCS>(in));
  channel.first = static_cast<std::uint16_t>(channel.first + 1 == channel.depth ? 0 : channel.first + 1);
  if (--channel.count == 0)
    router.state->occupied &= ~(std::uint64_t{1} << in);
  else if (channel.active)
    channel.ready = now + 1;
  else
    begin_packet(router, in, now + 1);
}

inline void RouterBank::arrive(int r, int in, Flit flit, std::uint64_t now) {
  const Router router = at(r);
  InputChannel& channel = router.inputs[in];
  int slot = channel.first + channel.count;
  if (slot >= channel.depth)
    slot -= channel.depth;
  ring(router, in)[slot] = flit;
  if (channel.count++ > 0)
    return;
  router.state->occupied |= std::uint64_t{1} << in;
  if (channel.active)
    channel.ready = now + static_cast<std::uint64_t>(body_delay_);
  else
    begin_packet(router, in, now);
}

inline void RouterBank::credit(int r, int channel) {
  const Router router = at(r);
  ++router.output_channels[channel].credits;
  router.outputs[port_of_[channel]].credit |= static_cast<std::uint16_t>(1u << vc_of_[channel]);
}

/// The head at the front of `in` starts through the pipeline in cycle `now`.
inline void RouterBank::begin_packet(const Router& router, int in, std::uint64_t now) {
  InputChannel& channel = router.inputs[in];
  const Flit flit = ring(router, in)[channel.first];
  channel.ready = now + static_cast<std::uint64_t>(head_delay_);
  channel.multicast = flit.multicast();
  channel.ports = 0;
  if (plain_ && !channel.multicast) {
    channel.out_port = static_cast<std::uint16_t>(dimension_order(router.state->x, router.state->y, flit));
    return;
  }
  const bool upper = class_mask_[2] >> vc_of_[in] & 1;
  const Hop hop = route_(router.state->x, router.state->y, port_of_[in], upper, flit);
  channel.classes = hop.classes;
  if (channel.multicast || (hop.ports & (hop.ports - 1)))
    channel.ports = hop.ports;
  else
    channel.out_port = static_cast<std::uint16_t>(__builtin_ctz(hop.ports));
  if (channel.multicast && !speculative_)
    channel.ready += static_cast<std::uint64_t>(switch_delay_); // it bids for channel and switch at once
}

} // namespace moesaic::hw::noc
