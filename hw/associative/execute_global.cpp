// Micro-instructions that reach across columns: the OR tree, and neighbours over whole planes.
#include <algorithm>

#include "hw/associative/bit_planes.hpp"
#include "hw/associative/read_loop.hpp"

namespace moesaic::hw::associative {

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

void BitPlanes::run_global(const Instruction& instruction) {
  const int words = shape_.words();
  std::vector<std::uint64_t> scratch(words_), before;
  const auto each = [&](Phase phase, auto act) {
    for (int i = 0; i < instruction.count; ++i) {
      const Command& c = instruction.commands[static_cast<std::size_t>(i)];
      if (c.phase == phase)
        act(c);
    }
  };
  each(Phase::write, [&](const Command& c) {
    for (int s = 0; s < 16; ++s)
      if ((c.sections >> s) & 1) {
        const std::uint64_t* from =
            source_words(c.source, s, 0, words, latch_.data(), words_, scratch.data());
        for (std::size_t w = 0; w < words_; ++w)
          plane(c.vectors[0], s)[w] = c.inverted ? ~from[w] : from[w];
      }
  });
  if (needs_snapshot(instruction))
    before = latch_;
  each(Phase::read, [&](const Command& c) {
    for (int s = 0; s < 16; ++s)
      if ((c.sections >> s) & 1)
        read_plane(c, s, 0, words,
                   c.source == Source::none
                       ? nullptr
                       : source_words(c.source, s, 0, words, before.data(), words_, scratch.data()));
  });
  each(Phase::broadcast, [&](const Command& c) {
    if (c.line == Line::gl || c.line == Line::ggl)
      broadcast(c, 0, words);
    else
      or_tree(c);
  });
}

} // namespace moesaic::hw::associative
