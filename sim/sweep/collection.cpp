#include "sim/sweep/collection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace moesaic::sim::sweep {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// A column of texts of which many are equal.
template <class Points, class Cell> Column words(const Points& points, const char* name, Cell cell) {
  Words cells;
  for (const auto& point : points)
    cells.push_back(cell(point));
  return Column{name, std::move(cells)};
}

/// A column with one cell a point, made by `cell`.
template <class Points, class Cell> auto column(const Points& points, const char* name, Cell cell) {
  std::vector<std::decay_t<decltype(cell(points[0]))>> cells;
  cells.reserve(points.size());
  for (const auto& point : points)
    cells.push_back(cell(point));
  return Column{name, std::move(cells)};
}

Column variable_column(const Plan& plan, const std::vector<CollectedPoint>& points, std::size_t variable) {
  bool numbers = true;
  std::vector<const Value*> values;
  for (const auto& point : points) {
    values.push_back(nullptr);
    for (const Setting& setting : plan.points[point.index].settings)
      if (setting.variable == variable)
        values.back() = &setting.value;
    numbers &= !values.back() || values.back()->number;
  }
  const std::string& name = plan.spec.variables[variable].name;
  if (numbers)
    return column(values, name.c_str(), [](const Value* value) { return value ? *value->number : nothing; });
  return words(values, name.c_str(), [](const Value* value) { return value ? value->text : std::string(); });
}

void add_result_columns(Columns& columns, const std::vector<CollectedPoint>& points) {
  const auto add = [&](const char* name, auto member) {
    columns.push_back(column(points, name, [&](const CollectedPoint& point) {
      return point.result->has_result() ? member(*point.result) : nothing;
    }));
  };
  using Result = const FinishedPoint&;
  add("chips", [](Result r) { return static_cast<double>(r.chips()); });
  add("seconds", [](Result r) { return r.seconds().nominal; });
  add("seconds_low", [](Result r) { return r.seconds().low; });
  add("seconds_high", [](Result r) { return r.seconds().high; });
  add("joules", [](Result r) { return r.joules().nominal; });
  add("joules_low", [](Result r) { return r.joules().low; });
  add("joules_high", [](Result r) { return r.joules().high; });
  for (const char* name : {"seconds_per_token", "joules_per_token", "watts"})
    add(name, [&](Result r) { return result_value(r, name); });
  columns.push_back(words(points, "bound", [](const CollectedPoint& point) {
    return point.result->has_result() ? point.result->like().bound : std::string();
  }));
}

void add_objective_columns(Columns& columns, const Spec& spec, const std::vector<CollectedPoint>& points) {
  for (std::size_t i = 0; i < spec.objectives.size(); ++i) {
    const Objective& objective = spec.objectives[i];
    bool there = false;
    for (const Column& known : columns)
      there |= known.name == objective.name;
    if (!there)
      columns.push_back(column(points, objective.name.c_str(), [&](const CollectedPoint& point) {
        return point.costs.empty() ? nothing : objective.maximise ? -point.costs[i] : point.costs[i];
      }));
  }
  columns.push_back(
      column(points, "feasible", [](const CollectedPoint& p) { return std::uint64_t{p.feasible}; }));
  columns.push_back(column(points, "best", [](const CollectedPoint& p) { return std::uint64_t{p.best}; }));
}

void mark_fronts(const Plan& plan, std::vector<CollectedPoint>& points) {
  std::map<std::pair<std::size_t, int>, std::vector<std::size_t>> groups; // by workload and batch
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].feasible)
      groups[{plan.points[points[i].index].workload, plan.points[points[i].index].tokens}].push_back(i);
  for (const auto& [group, members] : groups) {
    std::vector<std::vector<double>> costs;
    for (const std::size_t i : members)
      costs.push_back(points[i].costs);
    const auto best = pareto_front(costs);
    for (std::size_t i = 0; i < members.size(); ++i)
      points[members[i]].best = best[i];
  }
}

void judge(const Plan& plan, CollectedPoint& point) {
  if (!point.result->has_result())
    return;
  const Point& of = plan.points[point.index];
  auto costs = costs_of(plan.spec, of, *point.result);
  point.feasible = costs && meets_requirements(plan.spec, of, *point.result);
  if (point.feasible)
    point.costs = std::move(*costs);
}

} // namespace

std::vector<CollectedPoint> collect(const Plan& plan, const Finished& finished) {
  std::vector<CollectedPoint> points;
  points.reserve(std::min(plan.points.size(), finished.size()));
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const auto found = finished.find(plan.points[i].hash);
    if (found == finished.end())
      continue;
    points.push_back({i, found->second, false, false, {}});
    judge(plan, points.back());
  }
  if (plan.spec.kind != Kind::sensitivity) // its points are draws of the same designs, not designs
    mark_fronts(plan, points);
  return points;
}

Columns points_table(const Plan& plan, const std::vector<CollectedPoint>& points) {
  const auto& of = plan.points;
  Columns columns;
  columns.push_back(
      column(points, "point", [](const CollectedPoint& p) { return static_cast<std::uint64_t>(p.index); }));
  columns.push_back(words(points, "machine", [&](const CollectedPoint& p) {
    return plan.inputs.machines[of[p.index].machine].name;
  }));
  columns.push_back(words(points, "workload", [&](const CollectedPoint& p) {
    return plan.inputs.workloads[of[p.index].workload].name;
  }));
  columns.push_back(column(points, "tokens", [&](const CollectedPoint& p) {
    return static_cast<std::uint64_t>(of[p.index].tokens);
  }));
  for (std::size_t i = 0; i < plan.spec.variables.size(); ++i)
    columns.push_back(variable_column(plan, points, i));
  columns.push_back(
      words(points, "status", [](const CollectedPoint& p) { return to_string(p.result->status()); }));
  add_result_columns(columns, points);
  add_objective_columns(columns, plan.spec, points);
  columns.push_back(words(points, "reason", [](const CollectedPoint& p) { return p.result->reason(); }));
  columns.push_back(column(points, "name", [&](const CollectedPoint& p) { return of[p.index].hash; }));
  return columns;
}

} // namespace moesaic::sim::sweep
