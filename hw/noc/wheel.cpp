#include "hw/noc/wheel.hpp"

namespace moesaic::hw::noc {

namespace {
std::uint64_t slots_for(std::uint64_t horizon) {
  std::uint64_t slots = 64;
  while (slots <= horizon)
    slots *= 2;
  return slots;
}
} // namespace

Wheel::Wheel(std::uint64_t horizon)
    : mask_(slots_for(horizon) - 1), slots_(mask_ + 1), used_((mask_ + 1) / 64) {}

std::uint64_t Wheel::next(std::uint64_t cycle) const {
  const std::uint64_t from = cycle + 1, words = used_.size();
  const std::uint64_t word = (from & mask_) >> 6, bit = from & 63;
  // The word of `from` is looked at twice: its upper part first, its lower part after going round.
  for (std::uint64_t k = 0; k <= words; ++k) {
    std::uint64_t bits = used_[(word + k) % words];
    if (k == 0)
      bits &= ~std::uint64_t{0} << bit;
    else if (k == words)
      bits &= (std::uint64_t{1} << bit) - 1;
    if (bits)
      return (from & ~std::uint64_t{63}) + 64 * k + static_cast<std::uint64_t>(__builtin_ctzll(bits));
  }
  return never;
}

} // namespace moesaic::hw::noc
