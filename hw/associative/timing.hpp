// When the control processor and the array of a core are free again after an operation, as max-plus algebra:
// exact, and a loop of any length costs a few products.
#pragma once

#include <cstdint>
#include <limits>

namespace moesaic::hw::associative {

/// Times are in ticks, thousandths of a clock cycle.
using Ticks = std::int64_t;
constexpr Ticks ticks_per_cycle = 1000;
constexpr Ticks never = std::numeric_limits<Ticks>::min() / 4; ///< minus infinity: does not depend

/// control' = max(control + cc, array + ca); array' = max(control + ac, array + aa).
struct Timing {
  Ticks cc = 0, ca = never, ac = never, aa = 0;
  Ticks issue = 0; ///< the control processor's own work
  Ticks array = 0; ///< the array's own work

  /// The control processor works for `issue`, then the array for `array`; the processor runs ahead of it.
  static Timing operation(Ticks issue, Ticks array);
  /// The processor waits until the array is idle and then works for `issue` while the array stands still.
  static Timing drained(Ticks issue);
  /// Takes `total` from the moment both are free; the array works `array` of it.
  static Timing together(Ticks total, Ticks array);

  Timing then(const Timing& next) const;
  /// This, `count` times over.
  Timing repeated(std::uint64_t count) const;
};

} // namespace moesaic::hw::associative
