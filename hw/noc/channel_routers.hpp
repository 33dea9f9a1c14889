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
  struct Link {
    std::uint32_t target = 0; ///< router, or endpoint
    std::uint16_t input = 0;  ///< first input of the port it leads to
    std::uint32_t delay = 0;  ///< from the switch grant to the arrival
    bool ejects = false;
  };
  struct Upstream {
    std::uint32_t target = 0; ///< router, or endpoint
    std::uint16_t port = 0;   ///< its output, or CreditArrival::of_injector
    std::uint32_t delay = 0;
  };
  struct FlitArrival {
    std::uint32_t router;
    std::uint32_t input; ///< port * virtual channels + virtual channel
    Flit flit;
  };
  struct CreditArrival {
    std::uint32_t router;
    std::uint16_t port; ///< of a router, or `of_injector` with `router` the endpoint
    std::uint16_t vc;
    static constexpr std::uint16_t of_injector = 0xffff;
  };
  struct Slot {
    std::vector<FlitArrival> flits;
    std::vector<Ejection> ejections;
    std::vector<CreditArrival> credits;
    std::vector<std::uint32_t> wakes; ///< routers
    void clear() {
      flits.clear();
      ejections.clear();
      credits.clear();
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
  std::vector<Link> links_;        // [router][port], outgoing
  std::vector<Upstream> upstream_; // [router][port], where credits of that input go
  Wheel<Slot> wheel_;
  ActiveSet active_;
};

} // namespace moesaic::hw::noc
