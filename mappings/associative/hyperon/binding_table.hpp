// Bindings of variables as rows, cut where what comes first changes.
#pragma once

#include <vector>

#include "workloads/hyperon/space.hpp"

namespace moesaic::mappings::associative {

using workloads::hyperon::Symbol;

/// Bindings of `width` variables, row by row, ascending.
struct BindingTable {
  std::size_t width = 0;
  std::vector<Symbol> rows;
  std::size_t size() const { return width == 0 ? 0 : rows.size() / width; }
  const Symbol* row(std::size_t i) const { return rows.data() + i * width; }
};

/// Rows that agree in all but their last values: what they agree in, and those values, one row after the other.
struct Cut {
  std::vector<Symbol> prefix, rest;
};

/// The table's rows with their last `tail` values behind what stands before. Ascending.
std::vector<Cut> cut(const BindingTable& table, std::size_t tail);

} // namespace moesaic::mappings::associative
