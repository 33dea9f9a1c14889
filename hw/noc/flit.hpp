// A flit as routers see it: eight bytes; everything else about its packet lies in the packet pool.
#pragma once

#include <cstdint>

namespace moesaic::hw::noc {

struct Flit {
  std::uint32_t packet = 0; ///< index in the packet pool
  std::uint32_t route = 0;  ///< flags, then the destination's place or the node of a multicast tree

  static constexpr std::uint32_t head_bit = 1u << 31, tail_bit = 1u << 30, multicast_bit = 1u << 29;
  static constexpr std::uint32_t node_mask = multicast_bit - 1;

  bool head() const { return route & head_bit; }
  bool tail() const { return route & tail_bit; }
  bool multicast() const { return route & multicast_bit; }
  int x() const { return static_cast<int>(route & 0x7ff); }
  int y() const { return static_cast<int>(route >> 11 & 0x7ff); }
  int port() const { return static_cast<int>(route >> 22 & 0x1f); } ///< at the destination's router
  std::uint32_t node() const { return route & node_mask; }

  static std::uint32_t place(int x, int y, int port) {
    return static_cast<std::uint32_t>(x) | static_cast<std::uint32_t>(y) << 11 |
           static_cast<std::uint32_t>(port) << 22;
  }
};

constexpr int largest_side = 2048; ///< routers along one side of the grid
constexpr int largest_chips = 1 << 16; ///< in a tree
constexpr int largest_ports = 16;  ///< of one router
constexpr int largest_inputs = 64; ///< ports x virtual channels of one router

} // namespace moesaic::hw::noc
