// What travels on the network, and who sends and receives it.
#pragma once

#include <cstdint>

namespace moesaic::hw::noc {

/// A packet to inject. One flit is the common case: a spike with a 32-bit payload.
struct Packet {
  int destination = -1; ///< endpoint; not used when `group` is given
  int group = -1;       ///< multicast group from add_group, or -1
  int length = 1;       ///< flits, 1 to 65535
  std::uint32_t payload = 0;
  std::uint32_t tag = 0;
};

/// A packet at its destination.
struct Delivery {
  int source = 0; ///< endpoint
  int group = -1; ///< the multicast group it came by, or -1
  int length = 1;
  std::uint32_t payload = 0;
  std::uint32_t tag = 0;
  std::uint64_t created = 0; ///< cycle at which the source had it
};

/// The cores' side of the network. Called between cycles; `cycle` may lie ahead of sc_time_stamp()
/// (Fabric::time_of says when it is), so a core answers by notifying its own event for that time.
class Endpoints {
 public:
  virtual ~Endpoints() = default;
  /// The whole packet is at `endpoint`. False refuses it: it stays in the ejection buffer, whose credits stop
  /// the senders, and is offered again after Fabric::resume(endpoint).
  virtual bool deliver(int endpoint, const Delivery& packet, std::uint64_t cycle) = 0;
  /// An injection queue that had refused a packet has room again.
  virtual void room(int /*endpoint*/, std::uint64_t /*cycle*/) {}
  /// No packet is left in any queue, buffer or link.
  virtual void network_empty(std::uint64_t /*cycle*/) {}
};

/// A party that acts at cycles it knows beforehand, such as a traffic generator: the network runs ahead to
/// its next action without an event between them.
class Agent {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  virtual ~Agent() = default;
  virtual std::uint64_t next_action() const = 0; ///< cycle, or `never`
  virtual void act(std::uint64_t cycle) = 0;     ///< at the start of that cycle; may inject
};

} // namespace moesaic::hw::noc
