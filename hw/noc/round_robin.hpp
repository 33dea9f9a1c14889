// Round-robin choice.
#pragma once

#include <cstdint>

namespace moesaic::hw::noc {

/// The first set bit of `mask` (not 0) at or after `start` (0 to 63), going round.
inline int round_robin(std::uint64_t mask, int start) {
  const std::uint64_t later = mask >> start << start;
  return __builtin_ctzll(later ? later : mask);
}

/// The same for masks of 16 bits and a `start` of 0 to 16, without a branch.
inline int round_robin_16(std::uint32_t mask, int start) {
  return (__builtin_ctz((mask | mask << 16) >> start) + start) & 15;
}

/// i + 1, or 0 after `size` - 1; without a branch, as nobody can predict it.
inline int next_in_turn(int i, int size) {
  return (i + 1) * (i + 1 != size);
}

} // namespace moesaic::hw::noc
