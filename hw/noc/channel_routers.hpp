// Routers of any kind: each is a step of the router bank, taken while it has something to do.
#pragma once

#include "hw/noc/active_set.hpp"
#include "hw/noc/router.hpp"
#include "hw/noc/routers.hpp"
#include "hw/noc/wheel.hpp"

namespace moesaic::hw::noc {

class ChannelRouters : public Routers {
 public:
  ChannelRouters(const NetworkConfig& config, const RouteFunction& route);

  void step(std::uint64_t cycle) override;
  void enter(std::uint32_t endpoint, int vc, Flit flit, std::uint64_t cycle) override;
  void free_slot(std::uint32_t endpoint, int vc, std::uint64_t cycle) override;
  std::uint64_t next(std::uint64_t cycle) const override {
    return active_.empty() ? wheel_.next(cycle) : cycle + 1;
  }
  std::uint64_t flits(int router, int port) const override { return bank_.output(router, port).flits; }
  std::uint64_t occupied(int router) const override { return bank_.occupied(router); }
  Wait wait(int router, int input) const override;

 private:
  /// Where a link, or the way of its credits back, ends. Lists have an index for it: a branch would be a coin toss.
  enum End : std::uint8_t { at_router, at_endpoint, ends };
  struct Way {
    std::uint32_t target = 0;  ///< router, or endpoint
    std::uint32_t channel = 0; ///< of a router's port the first (port * virtual channels)
    std::uint32_t delay = 0;   ///< of a flit from the switch grant
    End end = at_router;
  };
  struct Slot {
    std::vector<Ejection> flits[ends];          ///< at a router `endpoint` is its number, and `vc` the input
    std::vector<InjectionCredit> credits[ends]; ///< likewise, `vc` being the output channel
    std::vector<std::uint32_t> wakes;           ///< routers
    void clear() {
      for (auto& list : flits)
        list.clear();
      for (auto& list : credits)
        list.clear();
      wakes.clear();
    }
  };
  struct Transport;

  void build_links();
  bool step_router(std::uint32_t r, std::uint64_t cycle);

  const NetworkConfig& config_;
  LinkTimes times_;
  RouterBank bank_;
  int ports_, vcs_;
  std::vector<Way> links_;    // [router][port], outgoing
  std::vector<Way> upstream_; // [router][port], of that input's credits
  Wheel<Slot> wheel_;
  ActiveSet active_;
};

} // namespace moesaic::hw::noc
