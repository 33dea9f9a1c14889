#include "results/table.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "description/unit.hpp"
#include "results/interval.hpp"
#include "results/verdict.hpp"

namespace moesaic::results {

namespace {

using Row = std::vector<std::string>;

const Row header{"machine", "batch", "latency", "energy/token", "tokens/s",
                 "power",   "chips", "bound",   "latency x",    "energy x"};
const Row query_header{"machine", "query", "latency", "energy", "queries/s",
                       "power",   "chips", "bound",   "latency x", "energy x"};

bool of_queries(const std::vector<RunRecord>& records) {
  return !records.empty() && std::none_of(records.begin(), records.end(), [](auto& r) { return query_of(r).empty(); });
}

/// What is not stated is no zero.
std::string stated(const Interval& joules, const std::string& text) {
  return joules.nominal == 0 ? "not stated" : text;
}

Row row_of(const std::vector<RunRecord>& records, const RunRecord& record) {
  const RunRecord* gpu = baseline_of(records, record);
  return {record.machine,
          query_of(record).empty() ? fmt::format("{}", record.tokens) : query_of(record),
          format_interval(record.seconds, "s"),
          stated(record.joules, format_interval(joules_per_token(record), "J")),
          format_quantity(tokens_per_second(record).nominal, ""),
          stated(record.joules, format_quantity(watts(record).nominal, "W")),
          fmt::format("{}", record.chips),
          record.bound,
          gpu ? format_factor(ratio(record.seconds, gpu->seconds).nominal) : "-",
          gpu && gpu->joules.nominal > 0 ? format_factor(ratio(record.joules, gpu->joules).nominal) : "-"};
}

void append_row(std::string& text, const Row& row, const std::vector<std::size_t>& width) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool left = i == 0 || i == 7; // names; the rest are numbers
    line += left ? fmt::format("{:<{}}", row[i], width[i]) : fmt::format("{:>{}}", row[i], width[i]);
    if (i + 1 < row.size())
      line += "  ";
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

void append_wrapped(std::string& text, const std::string& paragraph, const std::string& bullet, int columns) {
  std::istringstream words(paragraph);
  std::string line = bullet, word;
  bool empty = true;
  while (words >> word) {
    if (!empty && static_cast<int>(line.size() + 1 + word.size()) > columns) {
      text += line + '\n';
      line = std::string(bullet.size(), ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  text += line + '\n';
}

void append_notes(std::string& text, const std::vector<RunRecord>& records, int columns) {
  for (const auto& sentence : verdict(records))
    append_wrapped(text, sentence, "  ", columns);
  std::vector<std::string> seen; // several batches of one machine repeat its notes
  for (const auto& record : records)
    for (const auto& note : record.notes) {
      const std::string line = record.machine + ": " + note;
      if (std::find(seen.begin(), seen.end(), line) != seen.end())
        continue;
      if (seen.empty())
        text += "Notes\n";
      seen.push_back(line);
      append_wrapped(text, line, "  - ", columns);
    }
}

/// "kimi-k2: L4 overflows" as a row of the table.
void append_left_out(std::string& text, const std::string& reason, std::size_t width, int columns) {
  const std::size_t colon = std::min(reason.find(": "), reason.size());
  const std::string rest = colon + 2 <= reason.size() ? reason.substr(colon + 2) : "";
  append_wrapped(text, "cannot run: " + rest, fmt::format("{:<{}}  ", reason.substr(0, colon), width), columns);
}

/// Which process node the rows are at, where any is scaled.
std::string told_nodes(const std::vector<RunRecord>& records) {
  const bool scaled = std::any_of(records.begin(), records.end(), [](const auto& r) { return !node_of(r.machine).empty(); });
  return scaled ? " Rows named @ and a process node are scaled to it by published factors and compared with each other; "
                  "all others are as built."
                : "";
}

std::string table_of(const std::vector<RunRecord>& records, const std::vector<std::string>& left_out, const TableStyle& style) {
  std::vector<Row> rows{of_queries(records) ? query_header : header};
  for (const auto& record : records)
    rows.push_back(row_of(records, record));
  std::vector<std::size_t> width(header.size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      width[i] = std::max(width[i], row[i].size());
  std::string text;
  if (style.colour)
    text += "\x1b[1m";
  append_row(text, rows.front(), width);
  if (style.colour)
    text += "\x1b[0m";
  for (std::size_t i = 1; i < rows.size(); ++i)
    append_row(text, rows[i], width);
  for (const auto& reason : left_out)
    append_left_out(text, reason, width.front(), style.columns);
  const auto baseline =
      std::find_if(records.begin(), records.end(), [](const auto& r) { return is_baseline(r.kind); });
  const std::string name = baseline == records.end() ? "" : baseline->kind == "cpu" ? "CPU" : "GPU";
  append_wrapped(text,
                 std::string("In parentheses the interval that the constants' confidence gives. ") +
                     (name.empty() ? "" : fmt::format("x: cost relative to the first {0}, below 1 is cheaper than the {0}.", name)) +
                     told_nodes(records),
                 "  ", style.columns);
  append_notes(text, records, style.columns);
  return text;
}

} // namespace

std::string format_table(const std::vector<RunRecord>& records, const TableStyle& style) {
  return table_of(records, {}, style);
}

std::string format_run(const Run& run, const TableStyle& style) {
  return run.title + "\n\n" + table_of(run.records, run.left_out, style);
}

TableStyle table_style(int file_descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  return {isatty(file_descriptor) != 0 && (!no_colour || !*no_colour), 120};
}

} // namespace moesaic::results
