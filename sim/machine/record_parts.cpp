#include "sim/machine/record_parts.hpp"

#include <algorithm>

namespace moesaic::sim {

void add_energy_line(const hw::LedgerLine& line, std::uint64_t count, const results::Interval& joules,
                     results::RunRecord& record) {
  record.energy.push_back({line.component, line.action, to_string(line.kind), count, joules, line.figure.path,
                           line.figure.source});
  record.joules.nominal += joules.nominal;
  record.joules.low += joules.low;
  record.joules.high += joules.high;
}

void add_energy_lines(const std::vector<hw::LedgerLine>& lines, double power_limit,
                      results::RunRecord& record) {
  double nominal = 0, high = 0;
  for (const auto& line : lines) {
    nominal += line.joules;
    high += line.high;
  }
  const double most = power_limit * record.seconds.high;
  const double shrink = high > most ? std::max(0.0, (most - nominal) / (high - nominal)) : 1;
  for (const auto& line : lines)
    add_energy_line(line, line.count,
                    {line.joules, line.low, line.joules + (line.high - line.joules) * shrink}, record);
}

void add_constant(const Document& document, const Figure& figure, const std::string& value_text,
                  double energy_width, results::RunRecord& record) {
  const auto source = document.sources().find(figure.source);
  record.constants.push_back({figure.path,
                              figure.unit,
                              figure.source,
                              source == document.sources().end() ? "" : source->second.title,
                              to_string(figure.confidence),
                              figure.note,
                              {figure.value, figure.low, figure.high},
                              value_text,
                              energy_width});
}

void set_bound(std::vector<std::pair<std::string, double>> shares, results::RunRecord& record) {
  record.bound_share = std::move(shares);
  record.bound = std::max_element(record.bound_share.begin(), record.bound_share.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; })
                     ->first;
}

} // namespace moesaic::sim
