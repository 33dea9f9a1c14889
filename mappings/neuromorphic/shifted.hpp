// Integers in fixed point: moving the point.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace moesaic::mappings {

/// value * 2^bits, halves rounded up; ends where 64 bits do.
inline std::int64_t shifted(std::int64_t value, int bits) {
  if (bits >= 0) {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() >> std::min(bits, 62);
    return std::clamp(value, -most, most) * (std::int64_t{1} << std::min(bits, 62));
  }
  if (bits < -62)
    return 0;
  return (value + (std::int64_t{1} << (-bits - 1))) >> -bits;
}

} // namespace moesaic::mappings
