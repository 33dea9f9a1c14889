// The packets in flight, and per endpoint the queue of those that wait to enter. No allocation in steady
// state.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/noc/packet.hpp"

namespace moesaic::hw::noc {

constexpr std::uint32_t no_packet = ~std::uint32_t{0};

struct PooledPacket {
  Delivery delivery;
  std::uint32_t route = 0;      ///< of its flits, without head and tail bits
  std::uint32_t next = 0;       ///< in an injection queue or the free list
  std::uint32_t references = 0; ///< deliveries still to come
  std::uint64_t enters = 0;     ///< earliest cycle on the injection link
};

class PacketPool {
 public:
  std::uint32_t take() {
    if (free_ == no_packet) {
      packets_.emplace_back();
      return static_cast<std::uint32_t>(packets_.size() - 1);
    }
    const std::uint32_t packet = free_;
    free_ = packets_[packet].next;
    return packet;
  }
  void release(std::uint32_t packet) {
    packets_[packet].next = free_;
    free_ = packet;
  }
  PooledPacket& operator[](std::uint32_t packet) { return packets_[packet]; }
  const PooledPacket& operator[](std::uint32_t packet) const { return packets_[packet]; }

 private:
  std::vector<PooledPacket> packets_;
  std::uint32_t free_ = no_packet;
};

/// An endpoint's way into the network: its queue, and the credits of its router's local input.
struct Injector {
  std::uint32_t first = no_packet, last = no_packet;
  std::uint16_t queued = 0; ///< packets
  std::uint16_t sent = 0;   ///< flits of the first packet
  std::uint8_t vc = 0;      ///< of the packet being sent, or the last one sent
  bool refused = false;     ///< owes its endpoint a call of room()
};

} // namespace moesaic::hw::noc
