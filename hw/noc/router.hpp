// Input-queued virtual-channel routers in flat arrays, and the one function that steps a router by a cycle.
// The fast network holds all routers in one bank; the tests' oracle gives each router, in a SystemC module, a
// bank of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/noc/round_robin.hpp"
#include "hw/noc/route.hpp"

namespace moesaic::hw::noc {

// Small members are of 16 bits: a byte's store may be to anything as far as the compiler knows.

/// One virtual channel of one input port; its flits lie in a ring in the bank.
struct InputChannel {
  std::uint64_t ready = 0; ///< cycle from which the front flit may bid
  std::uint32_t ports =
      0; ///< waiting: candidate outputs if there are several; multicast: branches without a copy
  std::uint16_t first = 0, count = 0, depth = 0;
  std::uint32_t ring = 0; ///< where its flits begin in the bank's
  std::uint16_t out_port = 0;       ///< the output it waits for or holds a channel of
  std::uint16_t out_vc = 0;         ///< when `active`
  std::uint16_t classes = 3;        ///< of output channels that it may take, as in Hop
  std::uint16_t accept_pointer = 0; ///< round robin over output channels
  bool active = false;             ///< holds an output virtual channel until its tail has left
  bool multicast = false;
};

struct OutputPort {
  std::uint64_t free_at = 0; ///< serialisation: the link takes the next flit from this cycle
  std::uint64_t flits = 0;   ///< sent since the start
  std::uint16_t unheld = 0;  ///< bit per virtual channel: no packet holds it
  std::uint16_t credit = 0;  ///< bit per virtual channel: the buffer at the other end has room
  std::uint16_t cycles_per_flit = 1;
  std::uint16_t switch_pointer = 0; ///< round robin over input ports
};

struct InputPort {
  std::uint16_t switch_pointer = 0; ///< round robin over output ports
  std::uint16_t vc_pointer = 0;     ///< round robin over virtual channels that want the same output
};

struct OutputChannel {
  std::uint16_t credits = 0;
  std::uint16_t grant_pointer = 0; ///< round robin over inputs
};

class RouterBank {
 public:
  /// Routers `first` to `first + count - 1` of the network. `route` must outlive the bank.
  RouterBank(const NetworkConfig& config, const RouteFunction& route, int first, int count);

  /// What a step did: whether anything moved, and if not, from which cycle something could without outside
  /// help.
  struct Outcome {
    bool progress = false;
    std::uint64_t wake = ~std::uint64_t{0};
  };

  /// One cycle of router `r` (index in the bank). `out.flit(port, vc, flit)` takes a flit that enters a link
  /// and `out.credit(port, vc)` the credit of a slot that a flit has left. Allocation is separable with
  /// round-robin pointers that move on acceptance only (iSLIP, one iteration), first for virtual channels,
  /// then for the switch.
  template <class Out> Outcome step(int r, std::uint64_t now, Out&& out) {
    switch (vcs_) { // the common numbers as constants; 0 reads it from the bank
    case 1:
      return step_with<1>(at(r), now, out);
    case 2:
      return step_with<2>(at(r), now, out);
    case 4:
      return step_with<4>(at(r), now, out);
    default:
      return step_with<0>(at(r), now, out);
    }
  }

  /// The same without the shortcut for flits that are in nobody's way: for the tests.
  template <class Out> Outcome step_without_shortcut(int r, std::uint64_t now, Out&& out) {
    return vcs_ == 1 ? step_all<1>(at(r), now, out) : step_all<0>(at(r), now, out);
  }

  /// A flit arrives at input `in` = port * virtual channels + vc.
  void arrive(int r, int in, Flit flit, std::uint64_t now);
  void credit(int r, int channel); ///< of an output: port * virtual channels + vc

  bool idle(int r) const { return states_[index(r)].occupied == 0; }
  std::uint64_t occupied(int r) const {
    return states_[index(r)].occupied;
  } ///< bit per input that holds a flit
  const InputChannel& input(int r, int in) const { return inputs_[index(r * channels_ + in)]; }
  const OutputPort& output(int r, int port) const { return outputs_[index(r * ports_ + port)]; }
  int ports() const { return ports_; }
  int vcs() const { return vcs_; }

 private:
  struct Bids;
  struct State {
    std::uint64_t occupied = 0; // bit per input that holds a flit
    std::uint16_t x = 0, y = 0;
    std::uint32_t locals = 0; // bit per port that leads to an endpoint
  };
  struct Router { // where one router's part of the arrays begins
    State* state;
    InputChannel* inputs;
    OutputPort* outputs;
    InputPort* input_ports;
    OutputChannel* output_channels;
  };
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  Router at(int r) {
    const std::size_t channel = index(r) * index(channels_), port = index(r) * index(ports_);
    return {&states_[index(r)],  &inputs_[channel],          &outputs_[port],
            &input_ports_[port], &output_channels_[channel]};
  }
  Flit* ring(const Router& router, int in) const { return flits_.get() + router.inputs[in].ring; }
  template <int VCS> int port_of(int in) const { return VCS == 0 ? port_of_[in] : in / (VCS == 0 ? 1 : VCS); }
  template <int VCS> int vc_of(int in) const { return VCS == 0 ? vc_of_[in] : in % (VCS == 0 ? 1 : VCS); }
  /// Number of a channel among the router's: port * virtual channels + vc.
  template <int VCS> int slot(int port, int vc) const {
    return VCS == 1 ? port : port * (VCS == 0 ? vcs_ : VCS) + vc;
  }
  void begin_packet(const Router& router, int in, std::uint64_t now);
  int choose_output(const Router& router, const InputChannel& in) const;
  int wanted_output(const Router& router, const InputChannel& in) const {
    return in.ports ? choose_output(router, in) : in.out_port;
  }
  template <int VCS, class Out> Outcome step_with(const Router& router, std::uint64_t now, Out& out);
  template <int VCS, class Out> Outcome step_alone(const Router& router, int in, std::uint64_t now, Out& out);
  template <int VCS, class Out> Outcome step_apart(const Router& router, std::uint64_t now, Out& out);
  template <int VCS, class Out> Outcome step_branches(const Router& router, int in, std::uint64_t now, Out& out);
  template <int VCS, class Out> Outcome step_all(const Router& router, std::uint64_t now, Out& out);
  template <int VCS> void bid(const Router& router, std::uint64_t now, Bids& bids) const;
  template <int VCS>
  void bid_for_switch(const Router& router, int in, int port, bool speculative, Bids& bids) const;
  template <int VCS> void allocate_vcs(const Router& router, std::uint64_t now, Bids& bids);
  template <int VCS>
  void accept_vc(const Router& router, int in, int port, std::uint32_t offered, std::uint64_t now);
  template <int VCS> void accept_switch(const Router& router, int in, int port);
  template <int VCS, class Out>
  void traverse(const Router& router, int port, std::uint32_t granted, std::uint64_t now, Bids& bids,
                Out& out);
  template <int VCS, class Out>
  bool send(const Router& router, int in, int port, std::uint64_t now, Out& out);
  template <int VCS, class Out>
  bool copy(const Router& router, int in, std::uint32_t ports, std::uint64_t now, Out& out);
  template <int VCS, class Out> void leave(const Router& router, int in, std::uint64_t now, Out& out);

  const RouteFunction& route_;
  int ports_, vcs_, channels_; // channels: ports * virtual channels
  bool speculative_, plain_;           // plain: dimension order without wrap-around links
  int head_delay_, body_delay_,
      switch_delay_; // from the front of the queue to the first bid; from VC to switch bid
  std::uint16_t class_mask_[4];
  std::unique_ptr<Flit[]> flits_;
  std::vector<InputChannel> inputs_;
  std::vector<OutputPort> outputs_;
  std::vector<InputPort> input_ports_;
  std::vector<OutputChannel> output_channels_;
  std::vector<State> states_;
  std::uint8_t port_of_[largest_inputs], vc_of_[largest_inputs];
};

} // namespace moesaic::hw::noc

// clang-format off: the first declares what the second uses
#include "hw/noc/router_allocation.hpp"
#include "hw/noc/router_step.hpp"
#include "hw/noc/router_short_step.hpp"
