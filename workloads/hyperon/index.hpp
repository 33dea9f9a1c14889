// A relation in one order of its fields: rows sorted, the first fields found without a search.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/hyperon/space.hpp"

namespace moesaic::workloads::hyperon {

/// A stretch of rows.
struct Rows {
  std::size_t begin = 0, end = 0;
  std::size_t size() const { return end - begin; }
};

/// Rows sorted by field order[0], then order[1], ... Columns lie apart, so that a scan touches what it needs. Where few enough
/// prefixes exist, an array tells their rows at once.
class SortedIndex {
 public:
  SortedIndex(const Relation& relation, Symbol symbols, std::vector<int> order);

  const std::vector<int>& order() const { return order_; }
  Rows all() const { return {0, rows_}; }
  /// Values of the field order[depth], one per row.
  const Symbol* column(std::size_t depth) const { return columns_[depth].data(); }
  /// The rows of `within` in which the field order[depth] is `value`; the fields before it are one value each in `within`.
  Rows narrowed(Rows within, std::size_t depth, Symbol value) const;
  /// The rows that begin with `prefix`, of `length` values.
  Rows find(const Symbol* prefix, std::size_t length) const;
  /// Whether narrowed() at this depth needs no search.
  bool direct(std::size_t depth) const { return depth == 0 ? !first_.empty() : depth == 1 && !second_.empty(); }
  /// Dense pairs only: bit v says whether (first, v) is there; else nullptr.
  const std::uint64_t* bits(Symbol first) const { return bits_.empty() ? nullptr : bits_.data() + first * bit_words(); }
  std::size_t bit_words() const { return (std::size_t{symbols_} + 63) / 64; }

 private:
  std::vector<int> order_;
  std::size_t rows_ = 0;
  Symbol symbols_ = 0;
  std::vector<std::vector<Symbol>> columns_;
  std::vector<std::uint32_t> first_, second_; ///< where each value of the first field, and each pair, begins
  std::vector<std::uint64_t> bits_;
};

} // namespace moesaic::workloads::hyperon
