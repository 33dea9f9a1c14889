#include "hw/noc/router.hpp"

#include <algorithm>

namespace moesaic::hw::noc {

RouterBank::RouterBank(const NetworkConfig& config, const RouteFunction& route, int first, int count)
    : route_(route), ports_(config.topology.ports()), vcs_(config.virtual_channels), channels_(ports_ * vcs_),
      speculative_(config.pipeline.speculative),
      plain_(config.routing == Routing::dimension_order && !config.topology.wraps() && !config.topology.is_tree()) {
  const Pipeline& p = config.pipeline;
  head_delay_ =
      p.routing + (speculative_ ? std::max(p.vc_allocation, p.switch_allocation) : p.vc_allocation) - 1;
  switch_delay_ = p.switch_allocation;
  body_delay_ = p.switch_allocation - 1;
  const auto all = static_cast<std::uint16_t>((1u << vcs_) - 1);
  const auto lower = static_cast<std::uint16_t>((1u << (vcs_ + 1) / 2) - 1);
  class_mask_[0] = 0;
  class_mask_[1] = lower;
  class_mask_[2] = static_cast<std::uint16_t>(all & ~lower);
  class_mask_[3] = all;

  const std::size_t inputs = index(count) * index(channels_);
  inputs_.resize(inputs);
  outputs_.resize(index(count * ports_));
  input_ports_.resize(outputs_.size());
  output_channels_.resize(inputs);
  std::uint32_t flits = 0;
  states_.resize(index(count));
  for (int in = 0; in < channels_; ++in) {
    port_of_[in] = static_cast<std::uint8_t>(in / vcs_);
    vc_of_[in] = static_cast<std::uint8_t>(in % vcs_);
  }
  for (int r = 0; r < count; ++r) {
    states_[index(r)].x = static_cast<std::uint16_t>(config.topology.x_of(first + r));
    states_[index(r)].y = static_cast<std::uint16_t>(config.topology.y_of(first + r));
    for (int port = 0; port < ports_; ++port) {
      OutputPort& out = outputs_[index(r * ports_ + port)];
      const std::size_t link = config.topology.link_class(first + r, port);
      out.unheld = out.credit = all;
      states_[index(r)].locals |= static_cast<std::uint32_t>(config.topology.is_local(first + r, port)) << port;
      const LinkClass& kind = config.topology.link_classes()[link];
      out.cycles_per_flit = static_cast<std::uint16_t>(kind.cycles_per_flit);
      for (int in = port * vcs_; in < (port + 1) * vcs_; ++in) { // the same link leads here and there
        InputChannel& channel = inputs_[index(r * channels_ + in)];
        channel.depth = static_cast<std::uint16_t>(kind.depth > 0 ? kind.depth : config.depth);
        channel.ring = flits;
        flits += channel.depth;
        output_channels_[index(r * channels_ + in)].credits = channel.depth;
      }
    }
  }
  flits_.reset(new Flit[flits]);
}

/// Among several candidates the one with the most credits; the first where they are equal.
int RouterBank::choose_output(const Router& router, const InputChannel& in) const {
  int best = -1, most = -1;
  for (std::uint32_t rest = in.ports; rest; rest &= rest - 1) {
    const int port = __builtin_ctz(rest);
    int credits = 0;
    for (int vc = 0; vc < vcs_; ++vc)
      if (router.outputs[port].unheld >> vc & 1)
        credits += router.output_channels[port * vcs_ + vc].credits;
    if (credits > most) {
      most = credits;
      best = port;
    }
  }
  return best;
}

} // namespace moesaic::hw::noc
