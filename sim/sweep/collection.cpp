#include "sim/sweep/collection.hpp"

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>
#include <map>

namespace moesaic::sim::sweep {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

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
  return column(values, name.c_str(), [](const Value* value) { return value ? value->text : std::string(); });
}

void add_result_columns(Columns& columns, const std::vector<CollectedPoint>& points) {
  const auto add = [&](const char* name, auto member) {
    columns.push_back(column(points, name, [&](const CollectedPoint& point) {
      return point.result.status == Outcome::Kind::done ? member(point.result.record) : nothing;
    }));
  };
  using Record = const results::RunRecord&;
  add("chips", [](Record r) { return static_cast<double>(r.chips); });
  add("seconds", [](Record r) { return r.seconds.nominal; });
  add("seconds_low", [](Record r) { return r.seconds.low; });
  add("seconds_high", [](Record r) { return r.seconds.high; });
  add("joules", [](Record r) { return r.joules.nominal; });
  add("joules_low", [](Record r) { return r.joules.low; });
  add("joules_high", [](Record r) { return r.joules.high; });
  add("seconds_per_token", [](Record r) { return r.seconds.nominal / r.tokens; });
  add("joules_per_token", [](Record r) { return r.joules.nominal / r.tokens; });
  add("watts", [](Record r) { return r.joules.nominal / r.seconds.nominal; });
  columns.push_back(
      column(points, "bound", [](const CollectedPoint& point) { return point.result.record.bound; }));
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
  if (point.result.status != Outcome::Kind::done)
    return;
  const Point& of = plan.points[point.index];
  const auto costs = costs_of(plan.spec, of, point.result.record);
  point.feasible = costs && meets_requirements(plan.spec, of, point.result.record);
  if (point.feasible)
    point.costs = *costs;
}

} // namespace

std::vector<CollectedPoint> collect(const Plan& plan, const Finished& finished) {
  std::vector<CollectedPoint> points;
  std::vector<const std::string*> lines;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const auto found = finished.find(plan.points[i].hash);
    if (found == finished.end())
      continue;
    points.emplace_back().index = i;
    lines.push_back(&found->second);
  }
  // Each point by itself, so the threads share them as they like.
  const std::size_t share = points.size() / static_cast<std::size_t>(available_cores()) + 1;
  std::vector<std::future<void>> shares;
  for (std::size_t first = 0; first < points.size(); first += share)
    shares.push_back(std::async(std::launch::async, [&, first] {
      for (std::size_t i = first; i < std::min(first + share, points.size()); ++i)
        points[i].result = from_line(*lines[i]);
    }));
  for (auto& done : shares)
    done.get();
  for (CollectedPoint& point : points)
    judge(plan, point);
  if (plan.spec.kind != Kind::sensitivity) // its points are draws of the same designs, not designs
    mark_fronts(plan, points);
  return points;
}

Columns points_table(const Plan& plan, const std::vector<CollectedPoint>& points) {
  const auto& of = plan.points;
  Columns columns;
  columns.push_back(
      column(points, "point", [](const CollectedPoint& p) { return static_cast<std::uint64_t>(p.index); }));
  columns.push_back(column(points, "machine", [&](const CollectedPoint& p) {
    return plan.inputs.machines[of[p.index].machine].name;
  }));
  columns.push_back(column(points, "workload", [&](const CollectedPoint& p) {
    return plan.inputs.workloads[of[p.index].workload].name;
  }));
  columns.push_back(column(points, "tokens", [&](const CollectedPoint& p) {
    return static_cast<std::uint64_t>(of[p.index].tokens);
  }));
  for (std::size_t i = 0; i < plan.spec.variables.size(); ++i)
    columns.push_back(variable_column(plan, points, i));
  columns.push_back(column(points, "status",
                           [](const CollectedPoint& p) { return std::string(to_string(p.result.status)); }));
  add_result_columns(columns, points);
  add_objective_columns(columns, plan.spec, points);
  columns.push_back(column(points, "reason", [](const CollectedPoint& p) { return p.result.reason; }));
  columns.push_back(column(points, "name", [&](const CollectedPoint& p) { return of[p.index].hash; }));
  return columns;
}

namespace {

/// A line of a point, so that both can be told.
template <class Line> struct Of {
  const CollectedPoint* point;
  const Line* line;
};

/// In a list of initial values they would be copied.
template <class... Some> Columns columns_of(Some&&... some) {
  Columns columns;
  (columns.push_back(std::forward<Some>(some)), ...);
  return columns;
}

template <class Line, class Member>
std::vector<Of<Line>> lines_of(const std::vector<CollectedPoint>& points, Member member) {
  std::vector<Of<Line>> lines;
  for (const auto& point : points)
    for (const Line& line : point.result.record.*member)
      lines.push_back({&point, &line});
  return lines;
}

} // namespace

Columns energy_table(const Plan& plan, const std::vector<CollectedPoint>& points) {
  using Row = Of<results::EnergyLine>;
  const auto rows = lines_of<results::EnergyLine>(points, &results::RunRecord::energy);
  constexpr double picojoules = 1e12;
  return columns_of(
      column(rows, "point", [](const Row& r) { return static_cast<std::uint64_t>(r.point->index); }),
      column(rows, "machine",
             [&](const Row& r) { return plan.inputs.machines[plan.points[r.point->index].machine].name; }),
      column(rows, "component", [](const Row& r) { return r.line->component; }),
      column(rows, "action", [](const Row& r) { return r.line->action; }),
      column(rows, "kind", [](const Row& r) { return r.line->kind; }),
      column(rows, "count", [](const Row& r) { return r.line->count; }),
      column(rows, "energy_pJ", [](const Row& r) { return r.line->joules.nominal * picojoules; }),
      column(rows, "low_pJ", [](const Row& r) { return r.line->joules.low * picojoules; }),
      column(rows, "high_pJ", [](const Row& r) { return r.line->joules.high * picojoules; }),
      column(rows, "figure", [](const Row& r) { return r.line->figure; }),
      column(rows, "source", [](const Row& r) { return r.line->source; }));
}

Columns statistics_table(const std::vector<CollectedPoint>& points) {
  using Row = Of<results::Statistic>;
  const auto rows = lines_of<results::Statistic>(points, &results::RunRecord::statistics);
  return columns_of(
      column(rows, "point", [](const Row& r) { return static_cast<std::uint64_t>(r.point->index); }),
      column(rows, "name", [](const Row& r) { return r.line->name; }),
      column(rows, "unit", [](const Row& r) { return r.line->unit; }),
      column(rows, "scope", [](const Row& r) { return r.line->scope; }),
      column(rows, "value", [](const Row& r) { return r.line->value; }));
}

} // namespace moesaic::sim::sweep
