// The inner loops of a read: RL takes the AND of up to three vectors, combined with a source, over a stretch of words. One
// instance per form, so that the compiler makes straight SIMD code of each. Included within the namespace of each version
// of the block kernel (block_kernel_body.hpp), which has included what is needed here.

/// What a read takes beside its vectors: nothing, other words, or the latch itself.
enum class From { nothing, words, self };

/// `v` are the vectors' planes, `flip` all ones where one is complemented; `source` are From::words.
template <int Vectors, Assign Combine, From Other, Assign Result>
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
    if constexpr (Other != From::nothing) {
      std::uint64_t s = invert;
      if constexpr (Other == From::self)
        s ^= rl[w];
      else
        s ^= source[w];
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

template <int Vectors, Assign Combine, From Other> ReadLoop by_result(Assign result) {
  switch (result) {
  case Assign::set:
    return read_loop<Vectors, Combine, Other, Assign::set>;
  case Assign::and_:
    return read_loop<Vectors, Combine, Other, Assign::and_>;
  case Assign::or_:
    return read_loop<Vectors, Combine, Other, Assign::or_>;
  case Assign::xor_:
    return read_loop<Vectors, Combine, Other, Assign::xor_>;
  }
  return nullptr;
}

template <int Vectors, From Other> ReadLoop by_combine(const Command& c) {
  if constexpr (Vectors == 0) {
    return by_result<0, Assign::and_, Other>(c.assign);
  } else {
    switch (c.combine) {
    case Assign::or_:
      return by_result<Vectors, Assign::or_, Other>(c.assign);
    case Assign::xor_:
      return by_result<Vectors, Assign::xor_, Other>(c.assign);
    default:
      return by_result<Vectors, Assign::and_, Other>(c.assign);
    }
  }
}

template <int Vectors> ReadLoop by_source(const Command& c) {
  if (c.source == Source::none)
    return by_result<Vectors, Assign::and_, From::nothing>(c.assign);
  return c.source == Source::rl ? by_combine<Vectors, From::self>(c) : by_combine<Vectors, From::words>(c);
}

inline ReadLoop read_loop_for(const Command& c) {
  switch (c.vector_count) {
  case 0:
    return by_source<0>(c);
  case 1:
    return by_source<1>(c);
  case 2:
    return by_source<2>(c);
  default:
    return by_source<3>(c);
  }
}
