#include "hw/associative/bit_planes.hpp"

#include <stdexcept>

namespace moesaic::hw::associative {

BitPlanes::BitPlanes(const ArrayShape& shape)
    : shape_(shape), words_(static_cast<std::size_t>(shape.words())) {
  if (shape.sections != 16 || shape.half_bank != 2048 || shape.columns < 2048 || shape.columns % 2048 != 0 ||
      shape.columns / 2048 > 32 || shape.vectors < 1 || shape.vectors > 255)
    throw std::logic_error("the bit planes hold 16 sections and whole half-banks of 2048 columns");
  planes_.assign(static_cast<std::size_t>(shape.vectors) * 16 * words_, 0);
  latch_.assign(16 * words_, 0);
  gl_.assign(words_, 0);
  ggl_.assign(4 * words_, 0);
  or16_.assign(16 * words_ / 16, 0);
  or256_.assign(static_cast<std::size_t>(16 * shape.columns / 256), 0);
  or2k_.assign(static_cast<std::size_t>(16 * shape.columns / 2048), 0);
}

std::size_t BitPlanes::bytes() const {
  return 8 * (planes_.size() + latch_.size() + gl_.size() + ggl_.size() + or16_.size()) + or256_.size() +
         or2k_.size();
}

void BitPlanes::store(int vector, const std::uint16_t* values) {
  for (std::size_t w = 0; w < words_; ++w) {
    std::uint64_t bits[16] = {};
    for (int c = 0; c < 64; ++c)
      for (int s = 0; s < 16; ++s)
        bits[s] |= static_cast<std::uint64_t>((values[w * 64 + static_cast<std::size_t>(c)] >> s) & 1) << c;
    for (int s = 0; s < 16; ++s)
      plane(vector, s)[w] = bits[s];
  }
}

void BitPlanes::load(int vector, std::uint16_t* values) const {
  for (std::size_t w = 0; w < words_; ++w)
    for (int c = 0; c < 64; ++c) {
      unsigned value = 0;
      for (int s = 0; s < 16; ++s)
        value |= static_cast<unsigned>((plane(vector, s)[w] >> c) & 1) << s;
      values[w * 64 + static_cast<std::size_t>(c)] = static_cast<std::uint16_t>(value);
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
