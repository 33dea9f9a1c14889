// A mapping's tables as plain columns of numbers, the form they have in files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappings/format/mapping.hpp"

namespace moesaic::mappings {

struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::int32_t> cells; ///< row by row
  std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
};

/// cores, slices, members, sends, hops: in this order.
std::vector<Table> to_tables(const Mapping& mapping);

/// The same tables with columns and no rows.
const std::vector<Table>& table_layouts();

/// Takes the rows over. Cells are already checked to be >= 0; throws InputError ("table: row: what") for
/// references to what does not exist and for numbers that mean nothing.
void from_tables(const std::vector<Table>& tables, Mapping& mapping);

/// Most rows a table may have: more than any machine has cores.
constexpr std::size_t most_rows = std::size_t{1} << 27;

} // namespace moesaic::mappings
