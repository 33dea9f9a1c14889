#include "hw/noc/wheel.hpp"

namespace moesaic::hw::noc {

namespace {
std::uint64_t slots_for(std::uint64_t horizon) {
  std::uint64_t slots = 8; // few, so that the slots in use stay in the first-level cache
  while (slots <= horizon)
    slots *= 2;
  return slots;
}
} // namespace

WheelBits::WheelBits(std::uint64_t horizon) : mask_(slots_for(horizon) - 1), used_((mask_ + 64) / 64) {}

std::uint64_t WheelBits::next(std::uint64_t cycle) const {
  const std::uint64_t from = cycle + 1, first = from & mask_;
  const std::uint64_t words = used_.size(), word = first >> 6, bit = first & 63;
  // The word of `first` is looked at twice: its upper part now, its lower part after going round.
  for (std::uint64_t k = 0; k <= words; ++k) {
    const std::uint64_t at = word + k < words ? word + k : word + k - words;
    std::uint64_t bits = used_[at];
    if (k == 0)
      bits &= ~std::uint64_t{0} << bit;
    else if (k == words)
      bits &= (std::uint64_t{1} << bit) - 1;
    if (bits) {
      const std::uint64_t slot = at * 64 + static_cast<std::uint64_t>(__builtin_ctzll(bits));
      return from + ((slot - first) & mask_);
    }
  }
  return never;
}

} // namespace moesaic::hw::noc
