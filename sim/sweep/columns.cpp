#include "sim/sweep/columns.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string_view>
#include <unistd.h>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "results/csv.hpp"
#include "results/json_text.hpp"
#include "sim/sweep/in_order.hpp"

namespace moesaic::sim::sweep {

namespace {

using Text = fmt::memory_buffer;
/// Appends the cell of a row.
using CellWriter = std::function<void(Text&, std::size_t)>;

void append(Text& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

CellWriter writer_of(const std::vector<std::string>& cells, std::string (*quoted)(const std::string&), const char*) {
  return [&cells, quoted](Text& out, std::size_t row) { append(out, quoted(cells[row])); };
}
CellWriter writer_of(const Words& cells, std::string (*quoted)(const std::string&), const char*) {
  std::vector<std::string> words;
  for (const auto& word : cells.words())
    words.push_back(quoted(word));
  return [&cells, words](Text& out, std::size_t row) { append(out, words[cells.number(row)]); };
}
CellWriter writer_of(const std::vector<double>& cells, std::string (*)(const std::string&), const char* missing) {
  return [&cells, missing](Text& out, std::size_t row) {
    if (std::isfinite(cells[row]) || (std::isinf(cells[row]) && *missing == '\0'))
      fmt::format_to(fmt::appender(out), FMT_COMPILE("{}"), cells[row]);
    else
      append(out, missing);
  };
}
CellWriter writer_of(const std::vector<std::uint64_t>& cells, std::string (*)(const std::string&), const char*) {
  return [&cells](Text& out, std::size_t row) {
    fmt::format_to(fmt::appender(out), FMT_COMPILE("{}"), cells[row]);
  };
}

struct RowText {
  std::string (*quoted)(const std::string&);
  const char *missing;                     ///< for a number that is none
  const char *first_row, *next_row, *end;  ///< before and after each row
  bool named;                              ///< each cell after its column's name
};

/// The rows, made in pieces by all cores.
void write_rows(std::ostream& out, const Columns& columns, const RowText& style) {
  std::vector<std::pair<std::string, CellWriter>> cells;
  for (const Column& column : columns)
    cells.emplace_back((cells.empty() ? "" : ",") + (style.named ? style.quoted(column.name) + ':' : ""),
                       std::visit([&](const auto& c) { return writer_of(c, style.quoted, style.missing); }, column.cells));
  constexpr std::size_t piece = 8192;
  const std::size_t rows = row_count(columns);
  in_order<Text>(
      (rows + piece - 1) / piece,
      [&](std::size_t i, Text& text) {
        text.clear();
        for (std::size_t row = i * piece; row < std::min(rows, (i + 1) * piece); ++row) {
          append(text, row == 0 ? style.first_row : style.next_row);
          for (const auto& [before, cell] : cells) {
            append(text, before);
            cell(text, row);
          }
          append(text, style.end);
        }
      },
      [&](const Text& text) { out.write(text.data(), static_cast<std::streamsize>(text.size())); });
}

} // namespace

Column rows_of(const Column& column, const std::vector<std::uint32_t>& rows) {
  Column some{column.name, {}};
  std::visit(
      [&](const auto& cells) {
        std::decay_t<decltype(cells)> chosen;
        chosen.reserve(rows.size());
        for (const std::uint32_t row : rows)
          chosen.push_back(cells[row]);
        some.cells = std::move(chosen);
      },
      column.cells);
  return some;
}

void write_json_tables(std::ostream& out, const FurtherTables& tables) {
  for (const auto& [name, columns] : tables) {
    out << ",\n" << results::json_text(name) << ':';
    write_json_rows(out, columns);
  }
}

std::size_t row_count(const Columns& columns) {
  return columns.empty() ? 0 : std::visit([](const auto& cells) { return cells.size(); }, columns[0].cells);
}

void write_csv(std::ostream& out, const Columns& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    out << (i ? "," : "") << results::csv_cell(columns[i].name);
  out << '\n';
  write_rows(out, columns, {results::csv_cell, "", "", "", "\n", false});
}

void write_json_rows(std::ostream& out, const Columns& columns) {
  out << '[';
  write_rows(out, columns, {results::json_text, "null", "\n{", ",\n{", "}", true});
  out << "\n]";
}

void replace_file(const std::string& file, const std::function<void(std::ostream&)>& write) {
  const std::string partial = fmt::format("{}.partial-{}", file, getpid());
  errno = 0;
  std::ofstream out(partial, std::ios::binary);
  write(out);
  out.close();
  if (out && std::rename(partial.c_str(), file.c_str()) == 0)
    return;
  const int error = errno;
  std::remove(partial.c_str());
  throw InputError(fmt::format("{}: cannot be written: {}", file, std::strerror(error)));
}

void replace_file(const std::string& file, const std::string& text) {
  replace_file(file, [&](std::ostream& out) { out << text; });
}

void replace_with_csv(const std::string& file, const Columns& columns) {
  replace_file(file, [&](std::ostream& out) { write_csv(out, columns); });
}

} // namespace moesaic::sim::sweep
