#include "workloads/hyperon/index.hpp"

#include <algorithm>
#include <utility>

namespace moesaic::workloads::hyperon {

namespace {

constexpr std::size_t always_small = 4096; ///< entries of a prefix array that are worth it for any relation
constexpr std::size_t most_bits = std::size_t{1} << 26;

/// begin[v] is the first row whose key is v or more; one entry more than keys.
template <class Key> std::vector<std::uint32_t> begins(std::size_t keys, std::size_t rows, Key key) {
  std::vector<std::uint32_t> begin(keys + 1, static_cast<std::uint32_t>(rows));
  for (std::size_t row = rows; row-- > 0;)
    begin[key(row)] = static_cast<std::uint32_t>(row);
  for (std::size_t v = keys; v-- > 0;)
    begin[v] = std::min(begin[v], begin[v + 1]);
  return begin;
}

} // namespace

SortedIndex::SortedIndex(const Relation& relation, Symbol symbols, std::vector<int> order)
    : order_(std::move(order)), rows_(relation.size()), symbols_(symbols) {
  Relation sorted;
  sorted.arity = relation.arity;
  sorted.facts.reserve(relation.facts.size());
  for (std::size_t i = 0; i < rows_; ++i)
    for (const int field : order_)
      sorted.facts.push_back(relation.row(i)[field]);
  sorted.sort_unique();
  columns_.resize(order_.size());
  for (std::size_t depth = 0; depth < order_.size(); ++depth) {
    columns_[depth].resize(rows_);
    for (std::size_t i = 0; i < rows_; ++i)
      columns_[depth][i] = sorted.row(i)[depth];
  }
  const std::size_t n = symbols, worth = 4 * rows_ + always_small;
  if (n <= worth)
    first_ = begins(n, rows_, [&](std::size_t row) { return columns_[0][row]; });
  if (order_.size() > 1 && n * n <= worth)
    second_ = begins(n * n, rows_, [&](std::size_t row) { return columns_[0][row] * n + columns_[1][row]; });
  // Words of bits beat lists where a list has at least as many entries.
  if (order_.size() == 2 && n * n <= most_bits && rows_ * 64 >= n * n) {
    bits_.assign(n * bit_words(), 0);
    for (std::size_t row = 0; row < rows_; ++row)
      bits_[columns_[0][row] * bit_words() + columns_[1][row] / 64] |= std::uint64_t{1} << (columns_[1][row] % 64);
  }
}

Rows SortedIndex::narrowed(Rows within, std::size_t depth, Symbol value) const {
  if (within.begin == within.end || value >= symbols_)
    return {within.begin, within.begin};
  if (depth == 0 && !first_.empty())
    return {first_[value], first_[value + 1]};
  if (depth == 1 && !second_.empty()) {
    const std::size_t pair = std::size_t{columns_[0][within.begin]} * symbols_ + value;
    return {second_[pair], second_[pair + 1]};
  }
  const Symbol* column = columns_[depth].data();
  const auto range = std::equal_range(column + within.begin, column + within.end, value);
  return {static_cast<std::size_t>(range.first - column), static_cast<std::size_t>(range.second - column)};
}

Rows SortedIndex::find(const Symbol* prefix, std::size_t length) const {
  if (length >= 2 && !second_.empty()) {
    const std::size_t pair = std::size_t{prefix[0]} * symbols_ + prefix[1];
    Rows rows{second_[pair], second_[pair + 1]};
    for (std::size_t depth = 2; depth < length; ++depth)
      rows = narrowed(rows, depth, prefix[depth]);
    return rows;
  }
  Rows rows = all();
  for (std::size_t depth = 0; depth < length; ++depth)
    rows = narrowed(rows, depth, prefix[depth]);
  return rows;
}

} // namespace moesaic::workloads::hyperon
