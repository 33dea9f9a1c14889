#include "hw/associative/search_array.hpp"

#include <stdexcept>

namespace moesaic::hw::associative {

using Kind = SearchStep::Kind;

SearchArray::SearchArray(int registers, int bits, int lanes) : registers_(registers), bits_(bits), words_(lanes / 64) {
  if (registers < 1 || bits < 1 || bits > 64 || lanes < 64 || lanes % 64 != 0)
    throw std::logic_error("a bit-serial array has registers of 1 to 64 bits in whole words of 64 lanes");
  const auto words = static_cast<std::size_t>(words_), depth = static_cast<std::size_t>(bits_);
  planes_.assign(static_cast<std::size_t>(registers + flags) * depth * words, 0);
  tags_.assign(depth * words, 0);
  tag_.assign(words, ~Word{0});
  carry_.assign(words, 0);
}

SearchArray::Word* SearchArray::plane(const SearchStep::Cell& cell, int bit) {
  const int at = cell.bit == SearchStep::every_bit ? bit : cell.bit;
  return planes_.data() + (static_cast<std::size_t>(cell.row) * static_cast<std::size_t>(bits_) + static_cast<std::size_t>(at)) *
                              static_cast<std::size_t>(words_);
}

void SearchArray::store(int row, const std::vector<std::uint64_t>& values) {
  for (int b = 0; b < bits_; ++b) {
    Word* to = plane({row, b, false}, b);
    for (std::size_t w = 0; w < static_cast<std::size_t>(words_); ++w) {
      to[w] = 0;
      for (std::size_t i = 0; i < 64; ++i)
        to[w] |= (values[64 * w + i] >> b & 1) << i;
    }
  }
}

std::vector<std::uint64_t> SearchArray::load(int row) const {
  std::vector<std::uint64_t> values(static_cast<std::size_t>(words_) * 64);
  for (int b = 0; b < bits_; ++b) {
    const Word* from = const_cast<SearchArray*>(this)->plane({row, b, false}, b);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] |= (from[i / 64] >> (i % 64) & 1) << b;
  }
  return values;
}

SearchArray::Word SearchArray::matches(const SearchStep& step, int bit, int word) {
  Word match = ~Word{0};
  for (const auto& cell : step.cells) {
    const Word bits = plane(cell, bit)[word];
    match &= cell.value ? bits : ~bits;
  }
  return match;
}

void SearchArray::search(const SearchStep& step) {
  if (step.kind == Kind::search) {
    wide_ = false;
    for (const auto& cell : step.cells)
      wide_ |= cell.bit == SearchStep::every_bit;
    tag_.assign(tag_.size(), 0); // a wide search leaves it for what is gathered
  }
  for (int b = 0; b < (wide_ ? bits_ : 1); ++b) {
    Word* tags = wide_ ? tags_.data() + static_cast<std::size_t>(b) * static_cast<std::size_t>(words_) : tag_.data();
    for (int w = 0; w < words_; ++w) {
      const Word match = matches(step, b, w);
      tags[w] = step.kind == Kind::search ? match : step.kind == Kind::more ? tags[w] | match : tags[w] & match;
    }
  }
}

void SearchArray::write(const SearchStep& step) {
  for (const auto& cell : step.cells) {
    const bool every = cell.bit == SearchStep::every_bit;
    for (int b = 0; b < (every ? bits_ : 1); ++b) {
      const Word* tags = every && wide_ ? tags_.data() + static_cast<std::size_t>(b) * static_cast<std::size_t>(words_) : tag_.data();
      Word* to = plane(cell, b);
      for (int w = 0; w < words_; ++w) {
        const Word lanes = step.kind == Kind::all ? ~Word{0} : tags[w];
        to[w] = cell.value ? to[w] | lanes : to[w] & ~lanes;
      }
    }
  }
}

/// The steps of an array with carry latches.
void SearchArray::add(const SearchStep& step) {
  Word* to = plane(step.cells[0], 0);
  for (std::size_t w = 0; w < static_cast<std::size_t>(words_); ++w) {
    const Word lanes = tag_[w];
    Word value = carry_[w];
    if (step.kind == Kind::carry) {
      carry_[w] &= ~lanes;
    } else {
      const Word x = plane(step.cells[1], 0)[w];
      value = x;
      if (step.kind == Kind::sum) {
        const Word y = plane(step.cells[2], 0)[w], c = carry_[w];
        value = x ^ y ^ c;
        carry_[w] = (((x & y) | (c & (x ^ y))) & lanes) | (c & ~lanes);
      }
    }
    to[w] = (value & lanes) | (to[w] & ~lanes);
  }
}

std::uint64_t SearchArray::execute(const std::vector<SearchStep>& steps) {
  std::uint64_t sum = 0;
  for (const auto& step : steps) {
    switch (step.kind) {
    case Kind::search:
    case Kind::more:
    case Kind::also: search(step); break;
    case Kind::update:
    case Kind::all: write(step); break;
    case Kind::gather:
      for (std::size_t w = 0; w < tag_.size(); ++w)
        tag_[w] |= tags_[static_cast<std::size_t>(step.bit) * tag_.size() + w];
      break;
    case Kind::count:
      for (int w = 0; w < words_; ++w)
        sum += static_cast<std::uint64_t>(__builtin_popcountll(matches(step, 0, w))) << step.bit;
      break;
    case Kind::sum:
    case Kind::copy:
    case Kind::carry: add(step); break;
    case Kind::reset:
      tag_.assign(tag_.size(), ~Word{0});
      carry_.assign(carry_.size(), 0);
      wide_ = false;
      break;
    }
  }
  return sum;
}

} // namespace moesaic::hw::associative
