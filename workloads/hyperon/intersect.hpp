// Sorted lists of symbols: finding in them, and what two have in common.
#pragma once

#include <algorithm>

#include "workloads/hyperon/index.hpp"

namespace moesaic::workloads::hyperon {

/// First row of [begin, end) whose value is `value` or more: doubling steps, then halving ones.
inline std::size_t gallop(const Symbol* column, std::size_t begin, std::size_t end, Symbol value) {
  std::size_t step = 1, low = begin;
  while (low + step < end && column[low + step] < value) {
    low += step;
    step *= 2;
  }
  return static_cast<std::size_t>(std::lower_bound(column + low, column + std::min(end, low + step + 1), value) - column);
}

/// How many values the rows `x` of `a` and `y` of `b` share; each list is ascending without repeats.
std::uint64_t count_common(const Symbol* a, Rows x, const Symbol* b, Rows y);

} // namespace moesaic::workloads::hyperon
