// The inner loops of a read: RL takes the AND of up to three vectors, combined with a source, over a stretch
// of words. One instance per form, so that the compiler makes straight SIMD code of each.
#pragma once

#include <cstdint>

#include "hw/associative/micro_program.hpp"

namespace moesaic::hw::associative {

/// `v` are the vectors' planes, `flip` all ones where one is complemented; `source` may be null where there
/// is none.
template <int Vectors, Assign Combine, bool HasSource, Assign Result>
void read_loop(std::uint64_t* __restrict rl, const std::uint64_t* const* v, const std::uint64_t* flip,
               const std::uint64_t* source, std::uint64_t invert, int count) {
  for (int w = 0; w < count; ++w) {
    std::uint64_t term = ~std::uint64_t{0};
    if constexpr (Vectors > 0)
      term = v[0][w] ^ flip[0];
    if constexpr (Vectors > 1)
      term &= v[1][w] ^ flip[1];
    if constexpr (Vectors > 2)
      term &= v[2][w] ^ flip[2];
    if constexpr (HasSource) {
      const std::uint64_t s = source[w] ^ invert;
      if constexpr (Vectors == 0)
        term = s;
      else if constexpr (Combine == Assign::and_)
        term &= s;
      else if constexpr (Combine == Assign::or_)
        term |= s;
      else
        term ^= s;
    }
    if constexpr (Result == Assign::set)
      rl[w] = term;
    else if constexpr (Result == Assign::and_)
      rl[w] &= term;
    else if constexpr (Result == Assign::or_)
      rl[w] |= term;
    else
      rl[w] ^= term;
  }
}

using ReadLoop = void (*)(std::uint64_t* __restrict, const std::uint64_t* const*, const std::uint64_t*,
                          const std::uint64_t*, std::uint64_t, int);

template <int Vectors, Assign Combine, bool HasSource> ReadLoop by_result(Assign result) {
  switch (result) {
  case Assign::set:
    return read_loop<Vectors, Combine, HasSource, Assign::set>;
  case Assign::and_:
    return read_loop<Vectors, Combine, HasSource, Assign::and_>;
  case Assign::or_:
    return read_loop<Vectors, Combine, HasSource, Assign::or_>;
  case Assign::xor_:
    return read_loop<Vectors, Combine, HasSource, Assign::xor_>;
  }
  return nullptr;
}

template <int Vectors> ReadLoop by_combine(const Command& c) {
  if (c.source == Source::none)
    return by_result<Vectors, Assign::and_, false>(c.assign);
  switch (c.combine) {
  case Assign::or_:
    return by_result<Vectors, Assign::or_, true>(c.assign);
  case Assign::xor_:
    return by_result<Vectors, Assign::xor_, true>(c.assign);
  default:
    return by_result<Vectors, Assign::and_, true>(c.assign);
  }
}

inline ReadLoop read_loop_for(const Command& c) {
  switch (c.vector_count) {
  case 0:
    return by_combine<0>(c);
  case 1:
    return by_combine<1>(c);
  case 2:
    return by_combine<2>(c);
  default:
    return by_combine<3>(c);
  }
}

inline bool reads_latch(const Command& c) {
  return c.phase == Phase::read &&
         (c.source == Source::rl || c.source == Source::north || c.source == Source::south ||
          c.source == Source::west || c.source == Source::east);
}

// A read sees RL as it was before the instruction; a copy is needed only if another read, or this one,
// changes it first.
inline bool needs_snapshot(const Instruction& instruction) {
  for (int i = 0; i < instruction.count; ++i)
    if (reads_latch(instruction.commands[static_cast<std::size_t>(i)]))
      return true;
  return false;
}

} // namespace moesaic::hw::associative
