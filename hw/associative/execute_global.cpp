// Micro-instructions that reach across columns, over whole planes.
#include <algorithm>

#include "hw/associative/bit_planes.hpp"

namespace moesaic::hw::associative {

namespace {

/// Each bit of a nibble spread over 16 columns.
std::uint64_t spread16(unsigned nibble) {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 4; ++i)
    if ((nibble >> i) & 1)
      word |= std::uint64_t{0xffff} << (16 * i);
  return word;
}

bool reads_latch(const Instruction& instruction) {
  const auto reads = [](const Command& c) {
    return c.phase == Phase::read && (c.source == Source::rl || c.source == Source::north || c.source == Source::south ||
                                      c.source == Source::west || c.source == Source::east);
  };
  return std::any_of(instruction.commands.begin(), instruction.commands.begin() + instruction.count, reads);
}

} // namespace

const std::uint64_t* BitPlanes::source_words(Source source, int section, int word, int count,
                                             const std::uint64_t* latch, std::size_t stride,
                                             std::uint64_t* scratch) const {
  const int bank_words = shape_.half_bank / 64;
  const auto plane_of = [&](int s) { return latch + static_cast<std::size_t>(s) * stride + word; };
  const auto fill = [&](std::uint64_t value) {
    std::fill(scratch, scratch + count, value);
    return scratch;
  };
  switch (source) {
  case Source::none:
  case Source::zero:
    return fill(0);
  case Source::one:
    return fill(~std::uint64_t{0});
  case Source::rl:
    return plane_of(section);
  case Source::north:
    return section == 0 ? fill(0) : plane_of(section - 1);
  case Source::south:
    return section == 15 ? fill(0) : plane_of(section + 1);
  case Source::gl:
    return gl_.data() + word;
  case Source::ggl:
    return ggl_.data() + static_cast<std::size_t>(section / 4) * words_ + word;
  case Source::west: // column c takes column c - 1 of its half-bank
    for (int w = 0; w < count; ++w) {
      const std::uint64_t* p = plane_of(section);
      scratch[w] = (p[w] << 1) | ((word + w) % bank_words != 0 ? p[w - 1] >> 63 : 0);
    }
    return scratch;
  case Source::east: // column c takes column c + 1 of its half-bank
    for (int w = 0; w < count; ++w) {
      const std::uint64_t* p = plane_of(section);
      scratch[w] = (p[w] >> 1) | ((word + w + 1) % bank_words != 0 ? p[w + 1] << 63 : 0);
    }
    return scratch;
  case Source::or_tree:
    for (int w = 0; w < count; ++w) {
      const std::size_t bit = static_cast<std::size_t>(word + w) * 4;
      const std::uint64_t packed = or16_[static_cast<std::size_t>(section) * words_ / 16 + bit / 64];
      scratch[w] = spread16(static_cast<unsigned>(packed >> (bit % 64)) & 15);
    }
    return scratch;
  }
  return scratch;
}

/// RL of one section takes the AND of the vectors, combined with `source` where there is one.
void BitPlanes::read_plane(const Command& c, int section, const std::uint64_t* source) {
  std::vector<std::uint64_t> term(words_, ~std::uint64_t{0});
  for (int i = 0; i < c.vector_count; ++i) {
    const std::uint64_t* v = plane(c.vectors[static_cast<std::size_t>(i)], section);
    const std::uint64_t flip = (c.complemented >> i) & 1 ? ~std::uint64_t{0} : 0;
    for (std::size_t w = 0; w < words_; ++w)
      term[w] &= v[w] ^ flip;
  }
  const auto combine = [this](std::uint64_t* to, const std::uint64_t* from, std::uint64_t flip, Assign how) {
    for (std::size_t w = 0; w < words_; ++w) {
      const std::uint64_t value = from[w] ^ flip;
      to[w] = how == Assign::set ? value : how == Assign::and_ ? to[w] & value : how == Assign::or_ ? to[w] | value : to[w] ^ value;
    }
  };
  if (source)
    combine(term.data(), source, c.inverted ? ~std::uint64_t{0} : 0, c.vector_count == 0 ? Assign::set : c.combine);
  combine(latch(section), term.data(), 0, c.assign);
}

void BitPlanes::broadcast(const Command& c) {
  const auto and_into = [&](std::uint64_t* line, unsigned sections) {
    std::fill(line, line + words_, ~std::uint64_t{0});
    for (int s = 0; s < 16; ++s)
      if ((sections >> s) & 1)
        for (std::size_t w = 0; w < words_; ++w)
          line[w] &= latch(s)[w];
  };
  if (c.line == Line::gl)
    return and_into(gl_.data(), c.sections);
  for (unsigned group = 0; group < 4; ++group)
    if (const unsigned sections = c.sections & (0xfu << (4 * group)))
      and_into(ggl_.data() + group * words_, sections);
}

void BitPlanes::run_global(const Instruction& instruction) {
  const int words = shape_.words();
  std::vector<std::uint64_t> scratch(words_);
  Words before;
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
  if (reads_latch(instruction))
    before = latch_;
  each(Phase::read, [&](const Command& c) {
    for (int s = 0; s < 16; ++s)
      if ((c.sections >> s) & 1)
        read_plane(c, s,
                   c.source == Source::none
                       ? nullptr
                       : source_words(c.source, s, 0, words, before.data(), words_, scratch.data()));
  });
  each(Phase::broadcast, [&](const Command& c) {
    if (c.line == Line::gl || c.line == Line::ggl)
      broadcast(c);
    else
      or_tree(c);
  });
}

} // namespace moesaic::hw::associative
