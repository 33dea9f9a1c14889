// The arrival wheel: what happens in which of the next cycles. Slots keep their memory, so nothing is
// allocated in steady state; a bit per slot lets time jump over empty cycles.
#pragma once

#include <cstdint>
#include <vector>

namespace moesaic::hw::noc {

/// Which slots of a wheel are in use.
class WheelBits {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  /// For at least `horizon` + 1 slots.
  explicit WheelBits(std::uint64_t horizon);
  std::uint64_t slots() const { return mask_ + 1; }
  std::uint64_t slot(std::uint64_t cycle) const { return cycle & mask_; }
  void set(std::uint64_t slot) { used_[slot >> 6] |= std::uint64_t{1} << (slot & 63); }
  void reset(std::uint64_t slot) { used_[slot >> 6] &= ~(std::uint64_t{1} << (slot & 63)); }
  /// The first used cycle after `cycle`, or `never`.
  std::uint64_t next(std::uint64_t cycle) const;

 private:
  std::uint64_t mask_;
  std::vector<std::uint64_t> used_;
};

template <class Slot> class Wheel {
 public:
  static constexpr std::uint64_t never = WheelBits::never;

  /// For events at most `horizon` cycles ahead.
  explicit Wheel(std::uint64_t horizon) : bits_(horizon), slots_(bits_.slots()) {}
  /// The slot of `cycle`, marked as used.
  Slot& at(std::uint64_t cycle) {
    const std::uint64_t slot = bits_.slot(cycle);
    bits_.set(slot);
    return slots_[slot];
  }
  /// The slot of `cycle`, as it is.
  Slot& look(std::uint64_t cycle) { return slots_[bits_.slot(cycle)]; }
  /// The slot of `cycle`, which the caller empties now.
  Slot& take(std::uint64_t cycle) {
    const std::uint64_t slot = bits_.slot(cycle);
    bits_.reset(slot);
    return slots_[slot];
  }
  /// The first used cycle after `cycle`, or `never`.
  std::uint64_t next(std::uint64_t cycle) const { return bits_.next(cycle); }

 private:
  WheelBits bits_;
  std::vector<Slot> slots_;
};

} // namespace moesaic::hw::noc
