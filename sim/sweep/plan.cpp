#include "sim/sweep/plan.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/sweep/formula_order.hpp"
#include "sim/sweep/in_order.hpp"
#include "sim/sweep/samples.hpp"

namespace moesaic::sim::sweep {

namespace {

/// The variables that bear on one machine.
struct Axes {
  std::vector<std::size_t> free, computed; ///< indices in the spec's variables
};

Axes axes_of(const Spec& spec, const std::string& machine) {
  Axes axes;
  const auto relevant = relevant_to(spec.variables, machine);
  for (std::size_t i = 0; i < relevant.size(); ++i)
    if (relevant[i])
      (spec.variables[i].formula ? axes.computed : axes.free).push_back(i);
  return axes;
}

/// Counts, per constraint, what it rejects of one machine's points.
class Filter {
 public:
  explicit Filter(const Spec& spec) : spec_(spec), rejected_(spec.constraints.size(), 0) {}

  bool accepts(const Point& point) {
    ++seen_;
    bool accepted = true;
    for (std::size_t i = 0; i < spec_.constraints.size(); ++i) {
      const Formula& constraint = spec_.constraints[i];
      const auto numbers = numbers_at(spec_, point, constraint.names());
      if (!numbers)
        continue;
      const auto holds = constraint.defined(*numbers);
      if (!holds)
        undefined(constraint, *numbers);
      if (*holds != 0)
        continue;
      ++rejected_[i];
      accepted = false;
    }
    return accepted;
  }

  [[noreturn]] void undefined(const Formula& constraint, const std::vector<double>& numbers) const {
    std::string at;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      at += fmt::format("{}{} = {}", i == 0 ? "" : ", ", constraint.names()[i], numbers[i]);
    throw InputError(fmt::format("{}: constraints: '{}' has no value at {}: it divides by zero, or the like; condition ? this "
                                 ": that takes such points apart", spec_.file, constraint.text(), at));
  }

  void begin() { rejected_.assign(rejected_.size(), 0), seen_ = 0; }

  [[noreturn]] void fail(const std::string& machine) const {
    std::string each;
    for (std::size_t i = 0; i < rejected_.size(); ++i)
      each += fmt::format("{} '{}' rejects {}", each.empty() ? ":" : ",", spec_.constraints[i].text(),
                          rejected_[i]);
    throw InputError(
        fmt::format("{}: constraints: none of {}'s {} points meets all of them{}", spec_.file, machine, seen_, each));
  }

 private:
  const Spec& spec_;
  std::vector<std::size_t> rejected_;
  std::size_t seen_ = 0;
};

class Builder {
 public:
  Builder(Plan& plan, double allowed)
      : plan_(plan), spec_(plan.spec), filter_(plan.spec), allowed_(allowed) {}

  void build() {
    prepare();
    for (std::size_t m = 0; m < plan_.inputs.machines.size(); ++m) {
      const std::size_t before = plan_.points.size();
      filter_.begin();
      for (std::size_t w = 0; w < plan_.inputs.workloads.size(); ++w)
        for (const int tokens : spec_.tokens)
          add_block(m, w, tokens);
      if (plan_.points.size() == before) // contradictory constraints; a machine does not go without a word
        filter_.fail(plan_.inputs.machines[m].name);
    }
  }

 private:
  void prepare() {
    double points = 0;
    const double crossed = static_cast<double>(spec_.workloads.size() * spec_.tokens.size());
    for (const Input& machine : plan_.inputs.machines) {
      axes_.push_back(axes_of(spec_, machine.name));
      double block = 1;
      if (spec_.kind == Kind::grid)
        for (const std::size_t i : axes_.back().free)
          block *= static_cast<double>(std::max<std::size_t>(
              spec_.variables[i].range ? static_cast<std::size_t>(spec_.variables[i].range->steps) : 0,
              spec_.variables[i].list.size()));
      else if (!axes_.back().free.empty())
        block = spec_.samples;
      points += block * crossed;
    }
    check_scale(spec_.file, points, allowed_);
    plan_.points.reserve(static_cast<std::size_t>(std::min(points, points_without_asking)));
    const int dimensions = static_cast<int>(spec_.variables.size());
    if (spec_.kind == Kind::latin_hypercube)
      rows_ = latin_hypercube(spec_.samples, dimensions, spec_.seed);
    if (spec_.kind == Kind::sobol)
      rows_ = sobol(spec_.samples, dimensions, spec_.seed);
    if (spec_.kind == Kind::grid)
      for (const Variable& variable : spec_.variables)
        grids_.push_back(variable.formula ? std::vector<Value>{} : variable.grid());
  }

  void add_block(std::size_t machine, std::size_t workload, int tokens) {
    const Axes& axes = axes_[machine];
    Point point;
    point.machine = machine, point.workload = workload, point.tokens = tokens, point.seed = spec_.seed;
    if (spec_.kind == Kind::grid)
      return add_grid(point, axes, 0);
    const std::size_t rows = axes.free.empty() ? 1 : rows_.size();
    for (std::size_t r = 0; r < rows; ++r) {
      point.settings.clear();
      for (const std::size_t i : axes.free)
        point.settings.push_back({i, spec_.variables[i].at(rows_[r][i])});
      finish(point, axes);
    }
  }

  void add_grid(Point& point, const Axes& axes, std::size_t depth) {
    if (depth == axes.free.size())
      return finish(point, axes);
    for (const Value& value : grids_[axes.free[depth]]) {
      point.settings.push_back({axes.free[depth], value});
      add_grid(point, axes, depth + 1);
      point.settings.pop_back();
    }
  }

  void finish(Point point, const Axes& axes) {
    for (const std::size_t i : axes.computed)
      point.settings.push_back(
          {i, spec_.variables[i].computed(*numbers_at(spec_, point, spec_.variables[i].formula->names()))});
    std::sort(point.settings.begin(), point.settings.end(),
              [](const Setting& a, const Setting& b) { return a.variable < b.variable; });
    if (filter_.accepts(point))
      plan_.points.push_back(std::move(point));
  }

  Plan& plan_;
  const Spec& spec_;
  Filter filter_;
  double allowed_;
  std::vector<Axes> axes_;                ///< per machine
  std::vector<std::vector<double>> rows_; ///< samples x variables
  std::vector<std::vector<Value>> grids_; ///< per variable
};

} // namespace

std::optional<std::vector<double>> numbers_at(const Spec& spec, const Point& point,
                                              const std::vector<std::string>& names) {
  std::vector<double> numbers;
  for (const auto& name : names) {
    std::optional<double> number;
    if (name == "tokens")
      number = point.tokens;
    for (const Setting& setting : point.settings)
      if (spec.variables[setting.variable].name == name)
        number = setting.value.number;
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

void check_scale(const std::string& file, double points, double allowed) {
  if (points > allowed)
    throw InputError(
        fmt::format("{}: this sweep has {:.15g} points, more than {:.15g}; if that is meant, say "
                    "--allow-points {:.15g}",
                    file, points, allowed, points));
}

void name_points(Plan& plan, const std::string& version) {
  using Names = std::vector<std::string>;
  const PointNamer namer(plan.spec, plan.inputs, version);
  constexpr std::size_t piece = 4096;
  std::size_t named = 0;
  in_order<Names>(
      (plan.points.size() + piece - 1) / piece,
      [&](std::size_t i, Names& names) {
        names.clear();
        for (std::size_t at = i * piece; at < std::min(plan.points.size(), (i + 1) * piece); ++at)
          names.push_back(namer.name(plan.points[at]));
      },
      [&](Names& names) {
        for (auto& name : names)
          plan.points[named++].hash = std::move(name);
      });
  std::unordered_set<std::string_view> seen;
  seen.reserve(plan.points.size());
  std::vector<bool> again;
  for (const Point& point : plan.points)
    again.push_back(!seen.insert(point.hash).second);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < plan.points.size(); ++i)
    if (!again[i] && kept++ != i)
      plan.points[kept - 1] = std::move(plan.points[i]);
  plan.points.resize(kept);
}

Plan make_plan(Spec spec, Inputs inputs, const std::string& version, double allowed) {
  Plan plan{std::move(spec), std::move(inputs), {}};
  Builder(plan, allowed).build();
  name_points(plan, version);
  return plan;
}

} // namespace moesaic::sim::sweep
