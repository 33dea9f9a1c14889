// Integers in fixed point: moving the point.
#pragma once

#include <algorithm>
#include <cstdint>

namespace moesaic::mappings {

/// value * 2^bits, halves rounded up.
inline std::int64_t shifted(std::int64_t value, int bits) {
  if (bits >= 0)
    return value * (std::int64_t{1} << std::min(bits, 40));
  if (bits < -62)
    return 0;
  return (value + (std::int64_t{1} << (-bits - 1))) >> -bits;
}

} // namespace moesaic::mappings
