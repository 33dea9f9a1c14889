// The step of a router whose flits are in nobody's way, and which step it takes. Included by router.hpp.
#pragma once

namespace moesaic::hw::noc {

template <int VCS, class Out>
RouterBank::Outcome RouterBank::step_with(const Router& router, std::uint64_t now, Out& out) {
  const std::uint64_t occupied = router.state->occupied;
  if (occupied == 0)
    return {};
  const int in = __builtin_ctzll(occupied);
  if (occupied & (occupied - 1))
    return step_apart<VCS>(router, now, out);
  return router.inputs[in].multicast ? step_branches<VCS>(router, in, now, out) : step_alone<VCS>(router, in, now, out);
}

/// What step_all comes to when flits want other outputs and have come by other ports than each other: each wins whatever
/// it bids for. Where two want the same, step_all.
template <int VCS, class Out>
RouterBank::Outcome RouterBank::step_apart(const Router& router, std::uint64_t now, Out& out) {
  std::uint32_t outputs = 0, ports = 0;
  for (std::uint64_t rest = router.state->occupied; rest; rest &= rest - 1) {
    const int in = __builtin_ctzll(rest);
    const InputChannel& channel = router.inputs[in];
    const bool chooses = channel.ports && !channel.multicast && !channel.active; // by what others leave it
    const std::uint32_t wanted = channel.multicast ? channel.ports : 1u << channel.out_port, port = 1u << port_of<VCS>(in);
    if ((outputs & wanted) | (ports & port) | chooses)
      return step_all<VCS>(router, now, out);
    outputs |= wanted;
    ports |= port;
  }
  Outcome sum;
  for (std::uint64_t rest = router.state->occupied; rest; rest &= rest - 1) {
    const int in = __builtin_ctzll(rest);
    const Outcome one =
        router.inputs[in].multicast ? step_branches<VCS>(router, in, now, out) : step_alone<VCS>(router, in, now, out);
    sum.progress |= one.progress;
    sum.wake = std::min(sum.wake, one.wake);
  }
  return sum;
}

/// The same for the branches of one multicast flit.
template <int VCS, class Out>
RouterBank::Outcome RouterBank::step_branches(const Router& router, int in, std::uint64_t now, Out& out) {
  const InputChannel& channel = router.inputs[in];
  if (channel.ready > now)
    return {false, channel.ready};
  Outcome outcome;
  std::uint32_t copies = 0;
  for (std::uint32_t ports = channel.ports; ports; ports &= ports - 1) {
    const int port = __builtin_ctz(ports);
    const OutputPort& output = router.outputs[port];
    if (!(output.unheld & output.credit))
      continue;
    if (output.free_at > now)
      outcome.wake = std::min(outcome.wake, output.free_at);
    else
      copies |= 1u << port;
  }
  if (!copies)
    return outcome;
  accept_switch<VCS>(router, in, round_robin(copies, router.input_ports[port_of<VCS>(in)].switch_pointer));
  outcome.progress = copy<VCS>(router, in, copies, now, out);
  return outcome;
}

/// What step_all comes to for a flit alone: it wins whatever it bids for.
template <int VCS, class Out>
inline RouterBank::Outcome RouterBank::step_alone(const Router& router, int in, std::uint64_t now, Out& out) {
  InputChannel& channel = router.inputs[in];
  if (channel.ready > now)
    return {false, channel.ready};
  const bool active = channel.active;
  const int port = active ? channel.out_port : wanted_output(router, channel);
  OutputPort& output = router.outputs[port];
  if (active) {
    if (!(output.credit >> channel.out_vc & 1))
      return {};
    if (output.free_at > now)
      return {false, output.free_at};
  } else {
    const std::uint32_t offered = output.unheld & class_mask_[channel.classes];
    if (!offered)
      return {};
    const bool bids = speculative_ && (offered & output.credit) && output.free_at <= now;
    accept_vc<VCS>(router, in, port, offered, now);
    if (!bids)
      return {true};
  }
  accept_switch<VCS>(router, in, port);
  send<VCS>(router, in, port, now, out);
  return {true};
}

} // namespace moesaic::hw::noc
