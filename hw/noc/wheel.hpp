// The arrival wheel: what happens in which of the next cycles. Slots keep their memory, so nothing is
// allocated in steady state; a bit per slot lets time jump over empty cycles.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/noc/flit.hpp"

namespace moesaic::hw::noc {

struct FlitArrival {
  std::uint32_t router;
  std::uint32_t input; ///< port * virtual channels + virtual channel
  Flit flit;
};

struct Ejection {
  std::uint32_t endpoint;
  std::uint32_t vc;
  Flit flit;
};

struct CreditArrival {
  std::uint32_t router;
  std::uint16_t port; ///< of a router, or `of_injector` with `router` the endpoint
  std::uint16_t vc;
  static constexpr std::uint16_t of_injector = 0xffff;
};

struct WheelSlot {
  std::vector<FlitArrival> flits;
  std::vector<Ejection> ejections;
  std::vector<CreditArrival> credits;
  std::vector<std::uint32_t> wakes; ///< routers
  void clear() {
    flits.clear();
    ejections.clear();
    credits.clear();
    wakes.clear();
  }
};

class Wheel {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  /// For events at most `horizon` cycles ahead.
  explicit Wheel(std::uint64_t horizon);
  /// The slot of `cycle`, marked as used.
  WheelSlot& at(std::uint64_t cycle) {
    const std::uint64_t slot = cycle & mask_;
    used_[slot >> 6] |= std::uint64_t{1} << (slot & 63);
    return slots_[slot];
  }
  /// The slot of `cycle`, which the caller empties now.
  WheelSlot& take(std::uint64_t cycle) {
    const std::uint64_t slot = cycle & mask_;
    used_[slot >> 6] &= ~(std::uint64_t{1} << (slot & 63));
    return slots_[slot];
  }
  /// The first used cycle after `cycle`, or `never`.
  std::uint64_t next(std::uint64_t cycle) const;
  std::uint64_t horizon() const { return mask_; }

 private:
  std::uint64_t mask_;
  std::vector<WheelSlot> slots_;
  std::vector<std::uint64_t> used_;
};

} // namespace moesaic::hw::noc
