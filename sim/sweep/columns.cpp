#include "sim/sweep/columns.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}
std::string csv_cell(double value) {
  return std::isnan(value) ? "" : fmt::format("{}", value);
}
std::string csv_cell(std::uint64_t value) {
  return fmt::format("{}", value);
}

std::string json_cell(const std::string& text) {
  return json_text(text);
}
std::string json_cell(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}
std::string json_cell(std::uint64_t value) {
  return fmt::format("{}", value);
}

void replace(const std::string& file, const std::function<void(std::ostream&)>& write) {
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

} // namespace

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write_json_tables(std::ostream& out, const FurtherTables& tables) {
  for (const auto& [name, columns] : tables) {
    out << ",\n" << json_text(name) << ':';
    write_json_rows(out, columns);
  }
}

std::size_t row_count(const Columns& columns) {
  return columns.empty() ? 0 : std::visit([](const auto& cells) { return cells.size(); }, columns[0].cells);
}

void write_csv(std::ostream& out, const Columns& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    out << (i ? "," : "") << csv_cell(columns[i].name);
  out << '\n';
  for (std::size_t row = 0; row < row_count(columns); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      out << (i ? "," : "")
          << std::visit([row](const auto& cells) { return csv_cell(cells[row]); }, columns[i].cells);
    out << '\n';
  }
}

void write_json_rows(std::ostream& out, const Columns& columns) {
  out << '[';
  for (std::size_t row = 0; row < row_count(columns); ++row) {
    out << (row ? ",\n{" : "\n{");
    for (std::size_t i = 0; i < columns.size(); ++i)
      out << (i ? "," : "") << json_cell(columns[i].name) << ':'
          << std::visit([row](const auto& cells) { return json_cell(cells[row]); }, columns[i].cells);
    out << '}';
  }
  out << "\n]";
}

void replace_file(const std::string& file, const std::string& text) {
  replace(file, [&](std::ostream& out) { out << text; });
}

void replace_with_csv(const std::string& file, const Columns& columns) {
  replace(file, [&](std::ostream& out) { write_csv(out, columns); });
}

} // namespace moesaic::sim::sweep
