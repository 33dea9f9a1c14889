// How a micro-instruction acts on the bit planes. Runs of instructions that stay within their columns are
// executed block by block, so that a block's planes remain in the cache; neighbours across columns and the OR
// tree need whole planes.
#include <algorithm>
#include <cstring>

#include "hw/associative/bit_planes.hpp"
#include "hw/associative/read_loop.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr int block_words = 64;
constexpr int shortest_parallel = 512; // instructions; fewer are done before a team of threads has met

bool is_global(const Instruction& instruction) {
  for (int i = 0; i < instruction.count; ++i) {
    const Command& c = instruction.commands[static_cast<std::size_t>(i)];
    if (c.source == Source::west || c.source == Source::east || c.source == Source::or_tree)
      return true;
    if (c.phase == Phase::broadcast && c.line != Line::gl && c.line != Line::ggl)
      return true;
  }
  return false;
}

/// Each bit of a nibble spread over 16 columns.
std::uint64_t spread16(unsigned nibble) {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 4; ++i)
    if ((nibble >> i) & 1)
      word |= std::uint64_t{0xffff} << (16 * i);
  return word;
}

} // namespace

const std::uint64_t* BitPlanes::source_words(Source source, int section, int word, int count,
                                             const std::uint64_t* latch, std::size_t stride,
                                             std::uint64_t* scratch) const {
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
  case Source::west: // column c takes column c - 1
    for (int w = 0; w < count; ++w) {
      const std::uint64_t* p = plane_of(section);
      scratch[w] = (p[w] << 1) | (word + w > 0 ? p[w - 1] >> 63 : 0);
    }
    return scratch;
  case Source::east: // column c takes column c + 1
    for (int w = 0; w < count; ++w) {
      const std::uint64_t* p = plane_of(section);
      scratch[w] = (p[w] >> 1) | (word + w + 1 < static_cast<int>(words_) ? p[w + 1] << 63 : 0);
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

void BitPlanes::write_plane(const Command& c, int section, int word, int count) {
  std::uint64_t scratch[block_words];
  for (int done = 0; done < count; done += block_words) {
    const int n = std::min(block_words, count - done), at = word + done;
    const std::uint64_t* source = source_words(c.source, section, at, n, latch_.data(), words_, scratch);
    std::uint64_t* to = plane(c.vectors[0], section) + at;
    const std::uint64_t invert = c.inverted ? ~std::uint64_t{0} : 0;
    for (int w = 0; w < n; ++w)
      to[w] = source[w] ^ invert;
  }
}

void BitPlanes::read_plane(const Command& c, int section, int word, int count, const std::uint64_t* source) {
  const std::uint64_t* v[3] = {};
  std::uint64_t flip[3] = {};
  for (int i = 0; i < c.vector_count; ++i) {
    v[i] = plane(c.vectors[static_cast<std::size_t>(i)], section) + word;
    flip[i] = (c.complemented >> i) & 1 ? ~std::uint64_t{0} : 0;
  }
  read_loop_for(c)(latch(section) + word, v, flip, source, c.inverted ? ~std::uint64_t{0} : 0, count);
}

void BitPlanes::broadcast(const Command& c, int word, int count) {
  const auto and_into = [&](std::uint64_t* line, unsigned sections) {
    std::fill(line, line + count, ~std::uint64_t{0});
    for (int s = 0; s < 16; ++s)
      if ((sections >> s) & 1)
        for (int w = 0; w < count; ++w)
          line[w] &= latch(s)[word + w];
  };
  if (c.line == Line::gl)
    return and_into(gl_.data() + word, c.sections);
  for (unsigned group = 0; group < 4; ++group)
    if (const unsigned sections = c.sections & (0xfu << (4 * group)))
      and_into(ggl_.data() + group * words_ + word, sections);
}

void BitPlanes::run_local(const Instruction* first, const Instruction* last, int word, int count) {
  std::uint64_t before[16 * block_words], scratch[block_words];
  for (; first != last; ++first) {
    for (int i = 0; i < first->count; ++i) {
      const Command& c = first->commands[static_cast<std::size_t>(i)];
      if (c.phase == Phase::write)
        for (unsigned s = 0, m = c.sections; m; ++s, m >>= 1)
          if (m & 1)
            write_plane(c, static_cast<int>(s), word, count);
    }
    const bool snapshot = needs_snapshot(*first);
    if (snapshot)
      for (int s = 0; s < 16; ++s)
        std::memcpy(before + s * block_words, latch(s) + word, static_cast<std::size_t>(count) * 8);
    for (int i = 0; i < first->count; ++i) {
      const Command& c = first->commands[static_cast<std::size_t>(i)];
      if (c.phase != Phase::read)
        continue;
      for (unsigned s = 0, m = c.sections; m; ++s, m >>= 1)
        if (m & 1) {
          // The snapshot holds this block only, so its first word is word 0 of the pointer arithmetic below.
          const std::uint64_t* source = nullptr;
          if (c.source != Source::none)
            source = reads_latch(c)
                         ? source_words(c.source, static_cast<int>(s), 0, count, before, block_words, scratch)
                         : source_words(c.source, static_cast<int>(s), word, count, nullptr, 0, scratch);
          read_plane(c, static_cast<int>(s), word, count, source);
        }
    }
    for (int i = 0; i < first->count; ++i)
      if (first->commands[static_cast<std::size_t>(i)].phase == Phase::broadcast)
        broadcast(first->commands[static_cast<std::size_t>(i)], word, count);
  }
}

void BitPlanes::execute(const Instruction* first, const Instruction* last) {
  while (first != last) {
    if (is_global(*first)) {
      run_global(*first++);
      continue;
    }
    const Instruction* end = std::find_if(first, last, is_global);
    const int blocks = shape_.words() / block_words + (shape_.words() % block_words != 0);
#pragma omp parallel for schedule(static) if (blocks > 1 && end - first >= shortest_parallel)
    for (int b = 0; b < blocks; ++b)
      run_local(first, end, b * block_words, std::min(block_words, shape_.words() - b * block_words));
    first = end;
  }
}

void BitPlanes::execute(const Microcode& code) {
  execute(code.instructions.data(), code.instructions.data() + code.instructions.size());
}

} // namespace moesaic::hw::associative
