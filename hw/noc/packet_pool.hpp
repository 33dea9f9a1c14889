// The packets in flight, and per endpoint the queue of those that wait to enter. No allocation in steady
// state.
#pragma once

#include <cstdint>

#include "hw/noc/packet.hpp"
#include "hw/noc/pool.hpp"

namespace moesaic::hw::noc {

constexpr std::uint32_t no_packet = pool_end;

struct PooledPacket {
  Delivery delivery;
  std::uint32_t route = 0;      ///< of its flits, without head and tail bits
  std::uint32_t next = 0;       ///< in an injection queue or the free list
  std::uint32_t references = 0; ///< deliveries still to come
  std::uint64_t enters = 0;     ///< earliest cycle on the injection link
};

using PacketPool = Pool<PooledPacket>;

/// An endpoint's way into the network: its queue, and the credits of its router's local input.
struct Injector {
  std::uint32_t first = no_packet, last = no_packet;
  std::uint16_t queued = 0; ///< packets
  std::uint16_t sent = 0;   ///< flits of the first packet
  std::uint8_t vc = 0;      ///< of the packet being sent, or the last one sent
  bool refused = false;     ///< owes its endpoint a call of room()
};

} // namespace moesaic::hw::noc
