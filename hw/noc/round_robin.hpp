// Round-robin choice.
#pragma once

#include <cstdint>

namespace moesaic::hw::noc {

/// The first set bit of `mask` (not 0) at or after `start`, going round.
inline int round_robin(std::uint64_t mask, int start) {
  const std::uint64_t later = mask >> start << start;
  return __builtin_ctzll(later ? later : mask);
}

/// i + 1, or 0 after `size` - 1; without a branch, as nobody can predict it.
inline int next_in_turn(int i, int size) {
  return (i + 1) * (i + 1 != size);
}

} // namespace moesaic::hw::noc
