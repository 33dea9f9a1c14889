#include "hw/associative/bit_planes.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace moesaic::hw::associative {

BitPlanes::BitPlanes(const ArrayShape& shape)
    : shape_(shape), words_(static_cast<std::size_t>(shape.words())) {
  if (shape.sections != 16 || shape.half_bank != 2048 || shape.columns < 2048 || shape.columns % 2048 != 0 ||
      shape.columns / 2048 > 32 || shape.vectors < 1 || shape.vectors > 255)
    throw std::logic_error("the bit planes hold 16 sections and whole half-banks of 2048 columns");
  planes_.assign(static_cast<std::size_t>(std::max(shape.vectors, VectorPlan{}.index + 1)) * 16 * words_, 0);
  latch_.assign(16 * words_, 0);
  gl_.assign(words_, 0);
  ggl_.assign(4 * words_, 0);
  or16_.assign(16 * words_ / 16, 0);
  or256_.assign(static_cast<std::size_t>(16 * shape.columns / 256), 0);
  or2k_.assign(static_cast<std::size_t>(16 * shape.columns / 2048), 0);
  std::vector<std::uint16_t> numbers(static_cast<std::size_t>(shape.columns));
  std::iota(numbers.begin(), numbers.end(), std::uint16_t{0});
  store(VectorPlan{}.index, numbers.data());
}

std::size_t BitPlanes::bytes() const {
  return 8 * (planes_.size() + latch_.size() + gl_.size() + ggl_.size() + or16_.size()) + or256_.size() +
         or2k_.size();
}

namespace {

/// Bit j of byte i becomes bit i of byte j.
std::uint64_t transposed(std::uint64_t x) {
  std::uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aaULL;
  x ^= t ^ (t << 7);
  t = (x ^ (x >> 14)) & 0x0000cccc0000ccccULL;
  x ^= t ^ (t << 14);
  t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0ULL;
  return x ^ t ^ (t << 28);
}

} // namespace

void BitPlanes::store(int vector, const std::uint16_t* values) {
  for (std::size_t w = 0; w < words_; ++w) {
    std::uint64_t bits[16] = {};
    for (unsigned eight = 0; eight < 8; ++eight) {
      std::uint64_t half[2] = {};
      for (unsigned c = 0; c < 8; ++c) {
        const std::uint64_t value = values[w * 64 + eight * 8 + c];
        half[0] |= (value & 0xff) << (8 * c);
        half[1] |= (value >> 8) << (8 * c);
      }
      for (unsigned h = 0; h < 2; ++h) {
        const std::uint64_t sections = transposed(half[h]);
        for (unsigned s = 0; s < 8; ++s)
          bits[8 * h + s] |= ((sections >> (8 * s)) & 0xff) << (8 * eight);
      }
    }
    for (int s = 0; s < 16; ++s)
      plane(vector, s)[w] = bits[s];
  }
}

void BitPlanes::load(int vector, std::uint16_t* values) const {
  for (std::size_t w = 0; w < words_; ++w) {
    std::uint64_t bits[16];
    for (int s = 0; s < 16; ++s)
      bits[s] = plane(vector, s)[w];
    for (unsigned eight = 0; eight < 8; ++eight) {
      std::uint64_t half[2] = {};
      for (unsigned h = 0; h < 2; ++h) {
        for (unsigned s = 0; s < 8; ++s)
          half[h] |= ((bits[8 * h + s] >> (8 * eight)) & 0xff) << (8 * s);
        half[h] = transposed(half[h]);
      }
      for (unsigned c = 0; c < 8; ++c)
        values[w * 64 + eight * 8 + c] =
            static_cast<std::uint16_t>(((half[0] >> (8 * c)) & 0xff) | ((half[1] >> (8 * c)) & 0xff) << 8);
    }
  }
}

std::uint16_t BitPlanes::element(int vector, int column) const {
  unsigned value = 0;
  for (int s = 0; s < 16; ++s)
    value |= static_cast<unsigned>((plane(vector, s)[column / 64] >> (column % 64)) & 1) << s;
  return static_cast<std::uint16_t>(value);
}

void BitPlanes::set_element(int vector, int column, std::uint16_t value) {
  const std::uint64_t bit = std::uint64_t{1} << (column % 64);
  for (int s = 0; s < 16; ++s) {
    std::uint64_t& word = plane(vector, s)[column / 64];
    word = (value >> s) & 1 ? word | bit : word & ~bit;
  }
}

} // namespace moesaic::hw::associative
