// The OR tree: up from 16 columns to all of them, and down again.
#include <algorithm>

#include "hw/associative/bit_planes.hpp"

namespace moesaic::hw::associative {

std::uint16_t BitPlanes::or_of_sections() const {
  const std::size_t banks = or2k_.size() / 16;
  unsigned word = 0;
  for (std::size_t i = 0; i < or2k_.size(); ++i)
    word |= static_cast<unsigned>(or2k_[i]) << (i / banks);
  return static_cast<std::uint16_t>(word);
}

void BitPlanes::or_tree(const Command& c) {
  const std::size_t banks = or2k_.size() / 16;
  for (std::size_t s = 0; s < 16; ++s) {
    if (c.line == Line::or16) {
      std::uint64_t* packed = or16_.data() + s * words_ / 16;
      std::fill(packed, packed + words_ / 16, 0);
      if ((c.sections >> s) & 1)
        for (std::size_t w = 0; w < words_; ++w)
          for (unsigned q = 0; q < 4; ++q)
            if ((latch(static_cast<int>(s))[w] >> (16 * q)) & 0xffff)
              packed[w / 16] |= std::uint64_t{1} << ((w % 16) * 4 + q);
    } else if (c.line == Line::or256 || c.line == Line::down16) {
      for (std::size_t g = 0; g < banks * 8; ++g) {
        std::uint64_t& packed = or16_[s * words_ / 16 + g / 4];
        const std::uint64_t mask = std::uint64_t{0xffff} << (16 * (g % 4));
        if (c.line == Line::or256)
          or256_[s * banks * 8 + g] = (packed & mask) != 0;
        else
          packed = or256_[s * banks * 8 + g] ? packed | mask : packed & ~mask;
      }
    } else if (c.line == Line::or2k || c.line == Line::down256) {
      for (std::size_t b = 0; b < banks; ++b) {
        std::uint8_t* group = or256_.data() + (s * banks + b) * 8;
        if (c.line == Line::or2k)
          or2k_[s * banks + b] = std::any_of(group, group + 8, [](std::uint8_t x) { return x != 0; });
        else
          std::fill(group, group + 8, or2k_[s * banks + b]);
      }
    }
  }
  if (c.line == Line::or32k) {
    or32k_ = 0;
    for (std::size_t i = 0; i < or2k_.size(); ++i)
      or32k_ |= static_cast<std::uint32_t>(or2k_[i]) << (i % banks);
  } else if (c.line == Line::down2k) {
    // All half-banks hear whether any of them saw a one.
    std::fill(or2k_.begin(), or2k_.end(), static_cast<std::uint8_t>(or32k_ != 0));
  }
}

} // namespace moesaic::hw::associative
