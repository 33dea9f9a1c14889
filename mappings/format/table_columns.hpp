// Between rows with named fields and the plain columns of a file's table.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/format/table.hpp"

namespace moesaic::mappings {

template <class Row> struct Column {
  const char* name;
  std::int32_t Row::*cell;
};

template <class Row, std::size_t n>
Table to_table(const char* name, const std::vector<Row>& rows, const Column<Row> (&columns)[n]) {
  Table table{name, {}, {}};
  for (const auto& column : columns)
    table.columns.emplace_back(column.name);
  table.cells.reserve(rows.size() * n);
  for (const Row& row : rows)
    for (const auto& column : columns)
      table.cells.push_back(row.*column.cell);
  return table;
}

template <class Row, std::size_t n>
void from_table(const Table& table, std::vector<Row>& rows, const Column<Row> (&columns)[n]) {
  rows.assign(table.rows(), {});
  std::size_t i = 0;
  for (Row& row : rows)
    for (const auto& column : columns)
      row.*column.cell = table.cells[i++];
}

/// Requires value < size for every row: InputError.
template <class Row, class Size>
void refer(const char* table, const std::vector<Row>& rows, std::int32_t Row::*cell, Size size, const char* what) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].*cell) >= static_cast<std::size_t>(size))
      throw InputError(fmt::format("{}: row {}: {} {}, there are {}", table, i, what, rows[i].*cell, size));
}

} // namespace moesaic::mappings
