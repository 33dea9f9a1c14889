#include "results/csv.hpp"

#include <fmt/format.h>

#include "results/interval.hpp"

namespace moesaic::results {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

namespace {

std::string cell(const std::string& text) {
  return csv_cell(text);
}
std::string cell(double value) {
  return fmt::format("{}", value);
} // the shortest that reads back the same
std::string cell(std::uint64_t value) {
  return fmt::format("{}", value);
}
std::string cell(int value) {
  return fmt::format("{}", value);
}
std::string cell(const Interval& i) {
  return fmt::format("{},{},{}", i.nominal, i.low, i.high);
}

template <class... Cells> std::string row(const Cells&... cells) {
  std::string line;
  ((line += (line.empty() ? "" : ",") + cell(cells)), ...);
  return line + '\n';
}

Interval scaled(const Interval& i, double by) {
  return {i.nominal * by, i.low * by, i.high * by};
}

constexpr double picojoules = 1e12;

} // namespace

std::string actions_csv(const std::vector<RunRecord>& records) {
  std::string text = "machine,batch,component,action,kind,count,energy_pJ,low_pJ,high_pJ,figure,source\n";
  for (const auto& record : records)
    for (const auto& line : record.energy)
      text += row(record.machine, record.tokens, line.component, line.action, line.kind, line.count,
                  scaled(line.joules, picojoules), line.figure, line.source);
  return text;
}

std::string energy_table_csv(const std::vector<RunRecord>& records) {
  std::string text = "machine,batch,component,action,kind,unit,nominal,low,high,figure,source\n";
  for (const auto& record : records)
    for (const auto& line : record.energy) {
      const bool active = line.kind == "active";
      const double count = static_cast<double>(line.count) / picojoules;
      // A power flows for the whole run: its low end for the shortest, its high end for the longest.
      const Interval per = active ? Interval{count, count, count} : record.seconds;
      if (per.low <= 0)
        continue; // never happened, so it cost nothing and says nothing
      const Interval each{line.joules.nominal / per.nominal, line.joules.low / per.low, line.joules.high / per.high};
      text += row(record.machine, record.tokens, line.component, line.action, line.kind,
                  std::string(active ? "pJ" : "W"), each, line.figure, line.source);
    }
  return text;
}

std::string constants_csv(const std::vector<RunRecord>& records) {
  std::string text =
      "machine,batch,path,as_written,value,low,high,unit,confidence,source,source_title,note,energy_width_J\n";
  for (const auto& record : records)
    for (const auto& c : record.constants)
      text += row(record.machine, record.tokens, c.path, c.value_text, c.value, c.unit, c.confidence, c.source,
                  c.source_title, c.note, c.energy_width);
  return text;
}

std::string summary_csv(const std::vector<RunRecord>& records) {
  std::string text = "machine,kind,workload,batch,latency_s,latency_low_s,latency_high_s,energy_per_token_J,"
                     "energy_per_token_low_J,energy_per_token_high_J,tokens_per_s,power_W,chips,bound\n";
  for (const auto& r : records)
    text += row(r.machine, r.kind, r.workload, r.tokens, r.seconds, joules_per_token(r),
                tokens_per_second(r).nominal, watts(r).nominal, r.chips, r.bound);
  return text;
}

} // namespace moesaic::results
