// The network without SystemC: routers, links and endpoints' queues, stepped cycle by cycle, busy cycles
// only. Fabric wraps it into a SystemC module; the benchmark runs it bare to show what SystemC costs.
#pragma once

#include <memory>
#include <vector>

#include "hw/noc/active_set.hpp"
#include "hw/noc/packet_pool.hpp"
#include "hw/noc/route.hpp"
#include "hw/noc/routers.hpp"
#include "hw/noc/waiting_lines.hpp"

namespace moesaic::hw::noc {

class Network {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  /// Throws InputError for a configuration that `check` refuses.
  explicit Network(const NetworkConfig& config);

  void attach(Endpoints& endpoints) { endpoints_ = &endpoints; }
  void attach(Agent& agent) { agents_.push_back(&agent); }

  /// Throws InputError for a group that cannot be, std::logic_error if the configuration excludes multicast.
  int add_group(int source, const std::vector<int>& destinations);
  /// Along links of its own, see MulticastTrees::add.
  int add_group(int source, const std::vector<int>& destinations, const Links& links);
  const MulticastTrees& trees() const { return trees_; }

  /// Queues `packet` at `source`, to enter at `cycle` at the earliest. False when the queue is full. Latency
  /// counts from `created` where it is given (a traffic generator's own backlog), else from `cycle`. Throws
  /// InputError for an unknown endpoint, group or length.
  bool try_inject(int source, const Packet& packet, std::uint64_t cycle, std::uint64_t created = never);
  /// A refused delivery is offered again in the next cycle.
  void resume(int endpoint);

  /// The next cycle in which anything happens, or `never`. Time may jump to it.
  std::uint64_t next_cycle() const;
  /// Runs `cycle`, which lies after all cycles run before and not after next_cycle(). Throws DeadlockError
  /// when packets are left that nothing can ever move.
  void step(std::uint64_t cycle);
  /// Calls to Endpoints and Agents so far: a change means that others may have made plans.
  std::uint64_t callbacks() const { return callbacks_; }
  /// The last cycle run.
  std::uint64_t cycle() const { return cycle_; }
  /// True inside step(), for packets injected from a callback.
  bool stepping() const { return stepping_; }

  bool empty() const { return in_flight_ == 0; }
  std::uint64_t in_flight() const { return in_flight_; }
  std::uint64_t injected_flits() const { return injected_flits_; }
  std::uint64_t delivered() const { return delivered_; } ///< packets; multicast: copies
  std::vector<std::uint64_t> port_flits() const;
  std::vector<std::uint64_t> link_flits() const;
  std::uint64_t flit_hops() const;

  const NetworkConfig& config() const { return config_; }

 private:
  bool inject_flit(std::uint32_t endpoint);
  int free_vc(std::uint32_t endpoint, const Injector& injector) const;
  void eject(std::vector<Ejection>& arrived);
  bool consume(const Ejection& ejection);
  void offer_again();
  void call_room();
  void require_movement() const;

  NetworkConfig config_;
  MulticastTrees trees_;
  RouteFunction route_;
  std::unique_ptr<Routers> routers_;
  std::uint32_t vcs_;
  std::vector<std::uint32_t> places_; // of endpoints, as flits carry them
  PacketPool pool_;
  std::vector<Injector> injectors_;
  std::vector<std::uint16_t> injector_credits_; // [endpoint][vc]
  ActiveSet active_injectors_;
  std::vector<Agent*> agents_;
  Endpoints* endpoints_ = nullptr;
  WaitingLines refused_;
  std::vector<std::uint32_t> resumed_, has_room_;
  std::uint64_t cycle_ = 0, in_flight_ = 0, injected_flits_ = 0, delivered_ = 0, callbacks_ = 0;
  bool stepping_ = false;
};

} // namespace moesaic::hw::noc
