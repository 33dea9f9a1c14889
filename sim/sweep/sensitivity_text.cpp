#include <fmt/format.h>

#include "sim/sweep/sensitivity.hpp"

namespace moesaic::sim::sweep {

namespace {

template <class Cell> const std::vector<Cell>& cells(const Columns& columns, const std::string& name) {
  for (const Column& column : columns)
    if (column.name == name)
      return std::get<std::vector<Cell>>(column.cells);
  throw std::logic_error("no column " + name);
}

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;
using Counts = std::vector<std::uint64_t>;

/// "workload, batch 8, joules": what a row belongs to.
std::string group(const Columns& columns, std::size_t row) {
  return fmt::format("{}, batch {}, {}", cells<std::string>(columns, "workload")[row],
                     cells<std::uint64_t>(columns, "tokens")[row],
                     cells<std::string>(columns, "objective")[row]);
}

std::string ranking_text(const Columns& columns) {
  const Texts& machine = cells<std::string>(columns, "machine");
  const Numbers &wins = cells<double>(columns, "wins"), &error = cells<double>(columns, "standard_error"),
                &nominal = cells<double>(columns, "nominal"), &low = cells<double>(columns, "p05"),
                &high = cells<double>(columns, "p95");
  const Counts& samples = cells<std::uint64_t>(columns, "samples");
  std::string text, before;
  for (std::size_t row = 0; row < machine.size(); ++row) {
    const std::string now = group(columns, row);
    if (now != before)
      text += fmt::format("\n{} ({} samples)\n  {:16} {:>12} {:>12} {:>12}  wins\n", now, samples[row],
                          "machine", "nominal", "5 %", "95 %");
    before = now;
    text += fmt::format("  {:16} {:12.4g} {:12.4g} {:12.4g}  {:.1f} % +- {:.1f}\n", machine[row],
                        nominal[row], low[row], high[row], 100 * wins[row], 100 * error[row]);
  }
  return text;
}

std::string tornado_text(const Columns& columns) {
  constexpr int most = 5;
  const Texts &machine = cells<std::string>(columns, "machine"),
              &constant = cells<std::string>(columns, "constant"),
              &confidence = cells<std::string>(columns, "confidence");
  const Numbers &low = cells<double>(columns, "at_low"), &high = cells<double>(columns, "at_high"),
                &swing = cells<double>(columns, "swing");
  const Counts& flips = cells<std::uint64_t>(columns, "flips");
  std::string text, before;
  int shown = 0;
  for (std::size_t row = 0; row < machine.size(); ++row) {
    const std::string now = group(columns, row) + ", " + machine[row];
    if (now != before)
      text += fmt::format("\n{}: the constants that matter most\n", now), shown = 0;
    before = now;
    if (swing[row] == 0 || shown++ >= most)
      continue;
    text += fmt::format("  {:40} {:12.4g} to {:<12.4g} confidence {}{}\n", constant[row], low[row], high[row],
                        confidence[row], flips[row] ? ", turns the ranking" : "");
  }
  return text;
}

} // namespace

std::string format_sensitivity(const FurtherTables& tables) {
  std::string text;
  for (const auto& [name, columns] : tables)
    text += name == "ranking" ? ranking_text(columns) : tornado_text(columns);
  return text;
}

} // namespace moesaic::sim::sweep
