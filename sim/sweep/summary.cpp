#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "sim/sweep/merged.hpp"

namespace moesaic::sim::sweep {

namespace {

constexpr std::size_t most_rows = 20;

std::string statuses(const std::vector<CollectedPoint>& points) {
  std::map<std::string, std::size_t> counts;
  for (const auto& point : points)
    ++counts[to_string(point.result->status())];
  std::string text;
  for (const auto& [status, count] : counts)
    text += fmt::format(", {} {}", count, status);
  return text;
}

/// Rows of cells, each column as wide as its widest.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += fmt::format("{:{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::vector<std::string> heading(const Spec& spec) {
  std::vector<std::string> cells = {"point", "machine", "workload", "tokens"};
  for (const Variable& variable : spec.variables)
    cells.push_back(variable.name);
  for (const Objective& objective : spec.objectives)
    cells.push_back(objective.name);
  return cells;
}

std::vector<std::string> row(const Plan& plan, const CollectedPoint& collected) {
  const Point& point = plan.points[collected.index];
  std::vector<std::string> cells = {std::to_string(collected.index), plan.inputs.machines[point.machine].name,
                                    plan.inputs.workloads[point.workload].name, std::to_string(point.tokens)};
  for (std::size_t i = 0; i < plan.spec.variables.size(); ++i) {
    cells.emplace_back("-");
    for (const Setting& setting : point.settings)
      if (setting.variable == i)
        cells.back() = setting.value.text;
  }
  for (std::size_t i = 0; i < plan.spec.objectives.size(); ++i)
    cells.push_back(
        fmt::format("{:.4g}", plan.spec.objectives[i].maximise ? -collected.costs[i] : collected.costs[i]));
  return cells;
}

std::string first_reason(const std::vector<CollectedPoint>& points) {
  for (const auto& point : points)
    if (!point.result->has_result())
      return fmt::format("point {} {}: {}\n", point.index, to_string(point.result->status()),
                         point.result->reason());
  return "";
}

} // namespace

std::string format_summary(const Plan& plan, const std::vector<CollectedPoint>& points) {
  std::string text = fmt::format("{}: {} of {} points finished{}\n", plan.spec.title, points.size(),
                                 plan.points.size(), statuses(points));
  text += first_reason(points);
  if (plan.spec.kind == Kind::sensitivity)
    return text;
  std::vector<const CollectedPoint*> front;
  for (const auto& point : points)
    if (point.best)
      front.push_back(&point);
  if (front.empty())
    return text + "no point has a result that meets the constraints\n";
  std::stable_sort(front.begin(), front.end(),
                   [](const auto* a, const auto* b) { return a->costs < b->costs; });
  std::vector<std::vector<std::string>> rows = {heading(plan.spec)};
  for (std::size_t i = 0; i < std::min(front.size(), most_rows); ++i)
    rows.push_back(row(plan, *front[i]));
  text += fmt::format("\nPareto front of each workload and batch, {} points{}\n", front.size(),
                      front.size() > most_rows ? fmt::format(", the first {}", most_rows) : "");
  return text + aligned(rows);
}

} // namespace moesaic::sim::sweep
