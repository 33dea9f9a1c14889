// The network as a SystemC component: one module, one method, flat arrays inside. It sleeps while nothing
// moves, and while it is awake runs ahead of the kernel up to the next pending activity of anybody else.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <systemc>
#include <vector>

#include "hw/noc/config.hpp"
#include "hw/noc/multicast.hpp"
#include "hw/noc/packet.hpp"

namespace moesaic::hw::noc {

class Network;

/// Others meet the fabric at event boundaries: what they inject at time t enters at the first clock edge
/// after t, whatever the order of processes. Run with sc_start() to the end of activity, or stop by an event
/// of one's own; between two sc_start(duration) the fabric may already be ahead, and injecting is then a
/// std::logic_error.
class Fabric : public sc_core::sc_module {
 public:
  /// `period` is one clock cycle, or for an asynchronous network the resolution in which hop latencies are
  /// counted.
  Fabric(const sc_core::sc_module_name& name, const NetworkConfig& config, sc_core::sc_time period);
  ~Fabric() override;

  /// Who receives; required before the first delivery. One object serves all endpoints.
  void attach(Endpoints& endpoints);
  void attach(Agent& agent);

  /// A multicast tree from the router of endpoint `source` to `destinations` (endpoints, no duplicates),
  /// forking in routers along dimension-order paths. Any endpoint of the same router may send to it. Returns
  /// the group's number. Costs 8 bytes per router the tree passes. Throws InputError on a torus or an unknown
  /// endpoint.
  int add_group(int source, const std::vector<int>& destinations);
  /// Along links of its own, see MulticastTrees::add.
  int add_group(int source, const std::vector<int>& destinations, const Links& links);
  /// Links that one packet to `group` crosses, by link class (index as in Topology::link_classes()).
  std::vector<std::uint64_t> group_links(int group) const;

  /// False when the injection queue of `source` is full; Endpoints::room follows once it is not.
  /// Multicast packets longer than one flit travel as self-routed flits and need virtual_channels == 1.
  bool try_inject(int source, const Packet& packet);
  /// An endpoint that refused a delivery can take it now.
  void resume(int endpoint);

  bool empty() const;              ///< no packet anywhere
  std::uint64_t in_flight() const; ///< packets (multicast: deliveries) accepted and not yet delivered
  std::uint64_t cycle() const;     ///< cycles the network has come to
  sc_core::sc_time time_of(std::uint64_t cycle) const;
  const Topology& topology() const;

  /// Flits that left each router port since the start: index router * topology().ports() + port. For heat
  /// maps.
  std::vector<std::uint64_t> port_flits() const;
  /// Flits over links by link class, exact. local_link counts ejections; injections are in injected_flits().
  std::vector<std::uint64_t> link_flits() const;
  std::uint64_t injected_flits() const;
  std::uint64_t flit_hops() const; ///< router traversals: the sum of port_flits()
  /// The network inside, for generators that are attached as agents and act within its steps.
  Network& network() { return *network_; }
  /// SystemC turns exceptions of processes into its own; this throws the original one, if there was any.
  void rethrow() const;

 private:
  void run();
  void wake();
  std::uint64_t next_edge() const;
  sc_core::sc_time period_;
  sc_core::sc_event wake_event_;
  std::unique_ptr<Network> network_;
  bool running_ = false;
  std::exception_ptr failure_;
};

} // namespace moesaic::hw::noc
