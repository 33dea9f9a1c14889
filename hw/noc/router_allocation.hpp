// Bids for channels and the switch, and the allocation of virtual channels. Included by router.hpp.
#pragma once

namespace moesaic::hw::noc {

/// The bids of one router in one cycle. Only entries whose bit is set in a mask are valid.
struct RouterBank::Bids {
  std::uint32_t vc_outputs = 0;                         // outputs somebody wants a channel of
  std::uint64_t vc[2][largest_ports];                   // [class][output]: inputs
  std::uint32_t switch_outputs = 0;                     // outputs somebody bids for
  std::uint32_t switch_inputs[largest_ports];           // [output]: input ports
  std::uint16_t switch_vc[largest_ports][largest_ports]; // [input port][output]: the virtual channel that bids
  std::uint64_t speculative = 0;                        // inputs whose switch bid is speculative
  bool progress = false;
  std::uint64_t wake = ~std::uint64_t{0};
};

template <int VCS> void RouterBank::bid(const Router& router, std::uint64_t now, Bids& bids) const {
  for (std::uint64_t rest = router.state->occupied; rest; rest &= rest - 1) {
    const int in = __builtin_ctzll(rest);
    const InputChannel& channel = router.inputs[in];
    if (channel.ready > now) {
      bids.wake = std::min(bids.wake, channel.ready);
      continue;
    }
    if (channel.multicast) {
      for (std::uint32_t ports = channel.ports; ports; ports &= ports - 1) {
        const int port = __builtin_ctz(ports);
        const OutputPort& output = router.outputs[port];
        if (!(output.unheld & output.credit))
          continue;
        if (output.free_at > now)
          bids.wake = std::min(bids.wake, output.free_at);
        else
          bid_for_switch<VCS>(router, in, port, true, bids);
      }
      continue;
    }
    if (channel.active) {
      const OutputPort& output = router.outputs[channel.out_port];
      if (!(output.credit >> channel.out_vc & 1))
        continue;
      if (output.free_at > now)
        bids.wake = std::min(bids.wake, output.free_at);
      else
        bid_for_switch<VCS>(router, in, channel.out_port, false, bids);
      continue;
    }
    const int port = wanted_output(router, channel);
    const OutputPort& output = router.outputs[port];
    const std::uint16_t channels = output.unheld & class_mask_[channel.classes];
    if (!channels)
      continue;
    if (!(bids.vc_outputs >> port & 1)) {
      bids.vc[0][port] = bids.vc[1][port] = 0;
      bids.vc_outputs |= 1u << port;
    }
    for (int half = 0; half < (VCS == 1 ? 1 : 2); ++half)
      if (channel.classes >> half & 1)
        bids.vc[half][port] |= std::uint64_t{1} << in;
    if (speculative_ && (channels & output.credit) && output.free_at <= now)
      bid_for_switch<VCS>(router, in, port, true, bids);
  }
}

/// Of the virtual channels of one input port that want the same output, one bids: a certain one before a
/// speculative one, then in turn.
template <int VCS>
void RouterBank::bid_for_switch(const Router& router, int in, int port, bool speculative, Bids& bids) const {
  const int in_port = port_of<VCS>(in);
  if (!(bids.switch_outputs >> port & 1)) {
    bids.switch_inputs[port] = 0;
    bids.switch_outputs |= 1u << port;
  }
  const std::uint64_t bit = std::uint64_t{1} << in;
  if (VCS != 1 && bids.switch_inputs[port] >> in_port & 1) {
    const int rival = bids.switch_vc[in_port][port];
    const bool rival_speculative = bids.speculative >> (in_port * vcs_ + rival) & 1;
    const int pointer = router.input_ports[in_port].vc_pointer;
    const auto turn = [&](int vc) { return vc >= pointer ? vc - pointer : vc - pointer + vcs_; };
    if (speculative)
      bids.speculative |= bit;
    if (speculative == rival_speculative ? turn(vc_of<VCS>(in)) > turn(rival) : speculative)
      return;
  } else if (speculative) {
    bids.speculative |= bit;
  }
  bids.switch_inputs[port] |= 1u << in_port;
  bids.switch_vc[in_port][port] = static_cast<std::uint16_t>(vc_of<VCS>(in));
}

/// Input `in` accepts one of the channels of `port` that are `offered` to it, in turn.
template <int VCS>
inline void RouterBank::accept_vc(const Router& router, int in, int port, std::uint32_t offered, std::uint64_t now) {
  std::uint16_t& pointer = router.inputs[in].accept_pointer;
  const int start = pointer - slot<VCS>(port, 0);
  const int vc = VCS == 1 ? 0 : round_robin(offered, start > 0 && start < vcs_ ? start : 0);
  pointer = static_cast<std::uint16_t>(next_in_turn(slot<VCS>(port, vc), channels_));
  router.output_channels[slot<VCS>(port, vc)].grant_pointer =
      static_cast<std::uint16_t>(next_in_turn(in, channels_));
  OutputPort& output = router.outputs[port];
  output.unheld = static_cast<std::uint16_t>(output.unheld & ~(1u << vc));
  InputChannel& channel = router.inputs[in];
  channel.active = true;
  channel.out_port = static_cast<std::uint16_t>(port);
  channel.out_vc = static_cast<std::uint16_t>(vc);
  if (!speculative_)
    channel.ready = now + static_cast<std::uint64_t>(switch_delay_);
}

/// Every free output channel grants one input, every input accepts one channel of the output it bids for.
template <int VCS> void RouterBank::allocate_vcs(const Router& router, std::uint64_t now, Bids& bids) {
  bids.progress = true;
  for (std::uint32_t rest = bids.vc_outputs; rest; rest &= rest - 1) {
    const int port = __builtin_ctz(rest);
    const OutputPort& output = router.outputs[port];
    std::uint16_t offered[largest_inputs];
    std::uint64_t inputs = 0;
    for (std::uint32_t free = output.unheld; free; free &= free - 1) {
      const int vc = VCS == 1 ? 0 : __builtin_ctz(free);
      const std::uint64_t wanted = bids.vc[class_mask_[2] >> vc & 1][port];
      if (!wanted)
        continue;
      const int in = round_robin(wanted, router.output_channels[slot<VCS>(port, vc)].grant_pointer);
      offered[in] = static_cast<std::uint16_t>((inputs >> in & 1 ? offered[in] : 0) | 1u << vc);
      inputs |= std::uint64_t{1} << in;
    }
    for (; inputs; inputs &= inputs - 1) {
      const int in = __builtin_ctzll(inputs);
      accept_vc<VCS>(router, in, port, offered[in], now);
    }
  }
}

} // namespace moesaic::hw::noc
