// A table by columns, written as CSV, JSON or HDF5.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/sweep/words.hpp"

namespace moesaic::sim::sweep {

struct Column {
  std::string name;
  std::variant<std::vector<std::string>, std::vector<double>, std::vector<std::uint64_t>, Words> cells;
};

/// Columns of one length; texts of which many are equal are Words. A missing number is NaN: an empty cell of CSV, null in JSON, NaN in HDF5.
using Columns = std::vector<Column>;

/// Tables beside the points, by name.
using FurtherTables = std::vector<std::pair<std::string, Columns>>;

std::size_t row_count(const Columns& columns);

/// RFC 4180, the first line the names; doubles in the shortest form that reads back the same.
void write_csv(std::ostream& out, const Columns& columns);

/// A list of objects, one a row.
void write_json_rows(std::ostream& out, const Columns& columns);

/// The rows of these numbers, in this order.
Column rows_of(const Column& column, const std::vector<std::uint32_t>& rows);


/// Members of an object that has some already: each table under its name.
void write_json_tables(std::ostream& out, const FurtherTables& tables);

/// Writes a file whole or not at all: to a sibling, then renamed. Throws InputError naming the file.
void replace_file(const std::string& file, const std::function<void(std::ostream&)>& write);
void replace_file(const std::string& file, const std::string& text);
void replace_with_csv(const std::string& file, const Columns& columns);

} // namespace moesaic::sim::sweep
