#include "hw/associative/timing.hpp"

#include <algorithm>

namespace moesaic::hw::associative {

namespace {

Ticks sum(Ticks a, Ticks b) {
  return a == never || b == never ? never : a + b;
}

} // namespace

Timing Timing::operation(Ticks issue, Ticks array) {
  return {issue, never, issue + array, array, issue, array};
}

Timing Timing::drained(Ticks issue) {
  return {issue, issue, issue, issue, issue, 0};
}

Timing Timing::together(Ticks total, Ticks array) {
  return {total, total, total, total, total - array, array};
}

Timing Timing::then(const Timing& next) const {
  return {std::max(sum(cc, next.cc), sum(ac, next.ca)),
          std::max(sum(ca, next.cc), sum(aa, next.ca)),
          std::max(sum(cc, next.ac), sum(ac, next.aa)),
          std::max(sum(ca, next.ac), sum(aa, next.aa)),
          issue + next.issue,
          array + next.array};
}

Timing Timing::repeated(std::uint64_t count) const {
  Timing result, power = *this;
  for (; count; count >>= 1) {
    if (count & 1)
      result = result.then(power);
    power = power.then(power);
  }
  return result;
}

} // namespace moesaic::hw::associative
