// Routers with one virtual channel whose packets each want one output: the common and the fast case. Nothing
// competes then but the inputs that want the same output, so outputs rather than routers are stepped, and an
// input's whole pipeline is the cycle in which its front flit is shown to its output. Stripes of rows can be
// stepped by a thread each: what they send each other arrives in a later cycle, so the bits are the same.
#pragma once

#include "hw/noc/active_set.hpp"
#include "hw/noc/round_robin.hpp"
#include "hw/noc/route.hpp"
#include "hw/noc/routers.hpp"
#include "hw/noc/wheel.hpp"

namespace moesaic::hw::noc {

class WormholeRouters : public Routers {
 public:
  /// One virtual channel, no choice of outputs, no multicast.
  static bool can_hold(const NetworkConfig& config);
  WormholeRouters(const NetworkConfig& config, const RouteFunction& route);

  void step(std::uint64_t cycle) override;
  void enter(std::uint32_t endpoint, int vc, Flit flit, std::uint64_t cycle) override;
  void free_slot(std::uint32_t endpoint, int vc, std::uint64_t cycle) override;
  std::uint64_t next(std::uint64_t cycle) const override;
  std::uint64_t flits(int router, int port) const override { return outputs_[index(router, port)].flits; }
  std::uint64_t occupied(int router) const override;
  Wait wait(int router, int input) const override;

 private:
  /// Where a link ends, seen from the stripe of its router.
  enum Side : std::uint8_t { in_stripe, at_endpoint, in_stripe_above, in_stripe_below, sides };
  // Inputs and outputs are numbered router * ports + port, and each input has a buffer of its number, a ring
  // of `depth` flits; the buffers of the endpoints follow.
  struct Input {
    std::uint16_t first = 0, count = 0;
    std::uint16_t x = 0, y = 0;     // of its router
    std::uint32_t first_output = 0; // of its router
    std::uint32_t upstream = 0;     // output, or endpoint, that its credits go to
    std::uint32_t credit_delay = 0;
    Side side = in_stripe; // of `upstream`
  };
  struct Output {
    std::uint64_t flits = 0;       // sent since the start
    std::uint32_t target = 0;      // buffer at the other end
    std::uint32_t delay = 0;       // from the grant to the arrival there
    std::uint32_t first_input = 0; // of its router
    std::uint16_t credits = 0;
    std::uint16_t place = 0;   // in the target for the next flit
    std::uint16_t bids = 0;    // bit per port whose front flit wants to go here
    std::uint16_t passing = 0; // the bit of the port whose packet is passing, or 0
    std::uint16_t cycles_per_flit = 1;
    std::uint16_t pointer = 0; // round robin over ports; no byte, which the compiler takes for an alias of all
    Side side = in_stripe;    // of `target`
    bool serialising = false; // the link does not take the next flit yet
  };
  struct Terminal {
    std::uint32_t input = 0; // that the endpoint sends into; the output of that number leads to the endpoint
    std::uint16_t place = 0; // in the input's buffer for its next flit
    std::uint16_t first = 0; // of its own buffer
  };
  struct Slot {
    std::vector<std::uint32_t> arrivals[sides]; // buffers
    std::vector<std::uint32_t> credits[sides];  // outputs; endpoints
    std::vector<std::uint32_t> fronts;          // inputs whose front flit may bid from now on
    std::vector<std::uint32_t> links;           // outputs whose link takes the next flit
    void clear();
  };
  struct Stripe {
    Wheel<Slot> wheel;
    ActiveSet active;    // outputs that may grant something
    // Puts `id` in a list of a coming cycle's slot, which counts as used from its first on.
    void plan(std::uint64_t cycle, std::vector<std::uint32_t> Slot::*list, std::uint32_t id) {
      plan(cycle, wheel.look(cycle).*list, id);
    }
    void plan(std::uint64_t cycle, std::vector<std::uint32_t> (Slot::*lists)[sides], Side side, std::uint32_t id) {
      plan(cycle, (wheel.look(cycle).*lists)[side], id);
    }
    void plan(std::uint64_t cycle, std::vector<std::uint32_t>& list, std::uint32_t id) {
      if (list.empty())
        wheel.at(cycle);
      list.push_back(id);
    }
    Slot* now = nullptr; // of the present cycle: others read in it, so it is cleared in the next one
  };

  std::size_t index(int router, int port) const { return static_cast<std::size_t>(router * ports_ + port); }
  Flit& at(std::uint32_t buffer, std::uint16_t place) {
    return flits_[static_cast<std::size_t>(buffer) * depth_ + place];
  }
  Flit front(std::uint32_t input) const {
    return flits_[static_cast<std::size_t>(input) * depth_ + inputs_[input].first];
  }
  std::uint16_t after(std::uint16_t place) const {
    return static_cast<std::uint16_t>(next_in_turn(place, static_cast<int>(depth_)));
  }
  Stripe& stripe_at(const Terminal& terminal) { return stripes_[stripe_of_[inputs_[terminal.input].y]]; }
  void build(int router, int port);
  int route(const Input& input, int port, Flit flit) const;
  Side side(int router, int port) const;
  void step_stripe(std::size_t k, std::uint64_t cycle);
  void take(Stripe& stripe, const std::vector<std::uint32_t>& credits,
            const std::vector<std::uint32_t>& arrivals, std::uint64_t now);
  void reach_endpoints(const Slot& slot);
  void come_to_front(Stripe& stripe, std::uint32_t input, std::uint64_t now);
  void bid(Stripe& stripe, std::uint32_t input);
  bool step_output(Stripe& stripe, std::uint32_t id, std::uint64_t now);
  bool send(Stripe& stripe, std::uint32_t id, int port, std::uint64_t now);
  void leave(Stripe& stripe, std::uint32_t id, bool tail, std::uint64_t now);

  const NetworkConfig& config_;
  const RouteFunction& route_;
  LinkTimes times_;
  int ports_;
  std::uint32_t depth_;
  bool speculative_, plain_;              // plain: dimension order
  std::uint32_t head_delay_, body_delay_, // from the arrival at the front to the first bid
      switch_delay_;                      // from the output's grant to the switch bid
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  std::vector<Flit> flits_;
  std::vector<Terminal> terminals_;
  std::vector<Stripe> stripes_;        // of rows, from above
  std::vector<std::size_t> stripe_of_; // by row
  ActiveSet reached_;                  // endpoints, in the present cycle
};

} // namespace moesaic::hw::noc
