// The block kernel, compiled once per instruction set: RUN_BLOCK names the version. Everything here has internal linkage and
// calls nothing of the library, so that no code for a wider instruction set is shared with the other versions.
#include <cstring>

#include "hw/associative/block_kernel.hpp"

namespace moesaic::hw::associative {

namespace {

#include "hw/associative/read_loop.hpp"

alignas(64) const std::uint64_t zeros[block_words] = {};

struct Block {
  const BlockPlanes& p;
  int word, count;
  std::uint64_t* moved; ///< block_words: a neighbouring column's latch

  std::uint64_t* plane(int vector, int section) const {
    return p.planes + (static_cast<std::size_t>(vector) * 16 + static_cast<std::size_t>(section)) * p.words + word;
  }
  std::uint64_t* latch(int section) const { return p.latch + static_cast<std::size_t>(section) * p.words + word; }

  /// The words that a command takes for one section; a one is an inverted zero. Neighbours come from `before` where it is
  /// given: the latch as it was, block_words a section.
  const std::uint64_t* source(Source source, int section, const std::uint64_t* before) const {
    const auto rl = [&](int s) { return before ? before + s * block_words : latch(s); };
    switch (source) {
    case Source::rl: return latch(section);
    case Source::north: return section == 0 ? zeros : rl(section - 1);
    case Source::south: return section == 15 ? zeros : rl(section + 1);
    case Source::gl: return p.gl + word;
    case Source::ggl: return p.ggl + static_cast<std::size_t>(section / 4) * p.words + word;
    case Source::west: return from_west(rl(section));
    case Source::east: return from_east(rl(section));
    default: return zeros;
    }
  }

  /// Every column's western neighbour; nothing comes from another half-bank.
  const std::uint64_t* from_west(const std::uint64_t* __restrict rl) const {
    for (int first = 0; first < count; first += bank_words) {
      moved[first] = rl[first] << 1;
      for (int w = first + 1; w < first + bank_words; ++w)
        moved[w] = rl[w] << 1 | rl[w - 1] >> 63;
    }
    return moved;
  }

  const std::uint64_t* from_east(const std::uint64_t* __restrict rl) const {
    for (int first = 0; first < count; first += bank_words) {
      const int last = first + bank_words - 1;
      for (int w = first; w < last; ++w)
        moved[w] = rl[w] >> 1 | rl[w + 1] << 63;
      moved[last] = rl[last] >> 1;
    }
    return moved;
  }

  static std::uint64_t inversion(const Command& c) {
    return c.inverted != (c.source == Source::one) ? ~std::uint64_t{0} : 0;
  }

  void write(const Command& c) const {
    const std::uint64_t invert = inversion(c);
    for (int s = 0; s < 16; ++s) {
      if (!((c.sections >> s) & 1))
        continue;
      const std::uint64_t* __restrict from = source(c.source, s, nullptr);
      std::uint64_t* __restrict to = plane(c.vectors[0], s);
      for (int w = 0; w < count; ++w)
        to[w] = from[w] ^ invert;
    }
  }

  /// A read with all that is the same in every section.
  struct Read {
    ReadLoop loop = nullptr;
    const Command* command = nullptr;
    const std::uint64_t* vectors[3] = {}; ///< of section 0
    std::uint64_t flip[3] = {}, invert = 0;
  };

  Read prepared(const Command& c) const {
    Read r;
    r.loop = read_loop_for(c);
    r.command = &c;
    r.invert = inversion(c);
    for (int i = 0; i < c.vector_count; ++i) {
      r.vectors[i] = plane(c.vectors[static_cast<std::size_t>(i)], 0);
      r.flip[i] = (c.complemented >> i) & 1 ? ~std::uint64_t{0} : 0;
    }
    return r;
  }

  void read(const Read& r, int s, const std::uint64_t* before) const {
    const std::size_t at = static_cast<std::size_t>(s) * p.words;
    const std::uint64_t* v[3] = {};
    for (int i = 0; i < 3; ++i)
      v[i] = r.vectors[i] ? r.vectors[i] + at : nullptr;
    r.loop(latch(s), v, r.flip, source(r.command->source, s, before), r.invert, count);
  }

  /// A read sees the latch as it was before the instruction. Sections are worked through away from the neighbour that is
  /// read, so that it is still old; only where both neighbours are read is the latch copied.
  void reads(const Instruction& instruction) const {
    Read all[4];
    int reads = 0;
    bool north = false, south = false;
    for (int i = 0; i < instruction.count; ++i) {
      const Command& c = instruction.commands[static_cast<std::size_t>(i)];
      if (c.phase != Phase::read)
        continue;
      all[reads++] = prepared(c);
      north |= c.source == Source::north;
      south |= c.source == Source::south;
    }
    if (reads == 0)
      return;
    std::uint64_t copy[16 * block_words];
    const std::uint64_t* before = nullptr;
    if (north && south) {
      for (int s = 0; s < 16; ++s)
        std::memcpy(copy + s * block_words, latch(s), static_cast<std::size_t>(count) * 8);
      before = copy;
    }
    for (int step = 0; step < 16; ++step) {
      const int s = south ? step : 15 - step;
      for (int i = 0; i < reads; ++i)
        if ((all[i].command->sections >> s) & 1)
          read(all[i], s, before);
    }
  }

  void and_into(std::uint64_t* __restrict line, unsigned sections) const {
    bool first = true;
    for (int s = 0; s < 16; ++s) {
      if (!((sections >> s) & 1))
        continue;
      const std::uint64_t* __restrict rl = latch(s);
      for (int w = 0; w < count; ++w)
        line[w] = first ? rl[w] : line[w] & rl[w];
      first = false;
    }
    for (int w = 0; first && w < count; ++w)
      line[w] = ~std::uint64_t{0};
  }

  void broadcast(const Command& c) const {
    if (c.line == Line::gl)
      return and_into(p.gl + word, c.sections);
    for (unsigned group = 0; group < 4; ++group)
      if (const unsigned sections = c.sections & (0xfu << (4 * group)))
        and_into(p.ggl + group * p.words + word, sections);
  }
};

} // namespace

void RUN_BLOCK(const BlockPlanes& planes, const Instruction* first, const Instruction* last, int word, int count) {
  alignas(64) std::uint64_t moved[block_words];
  const Block block{planes, word, count, moved};
  for (; first != last; ++first) {
    for (int i = 0; i < first->count; ++i)
      if (first->commands[static_cast<std::size_t>(i)].phase == Phase::write)
        block.write(first->commands[static_cast<std::size_t>(i)]);
    block.reads(*first);
    for (int i = 0; i < first->count; ++i)
      if (first->commands[static_cast<std::size_t>(i)].phase == Phase::broadcast)
        block.broadcast(first->commands[static_cast<std::size_t>(i)]);
  }
}

} // namespace moesaic::hw::associative
