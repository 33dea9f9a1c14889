#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "description/unit.hpp"
#include "sim/sweep/samples.hpp"
#include "sim/sweep/sensitivity.hpp"

namespace moesaic::sim::sweep {

double draw(const Figure& figure, double u) {
  const double end = u < 0.5 ? figure.low : figure.high, way = std::abs(2 * u - 1);
  if (figure.low <= 0)
    return figure.value + (end - figure.value) * way;
  return figure.value * std::pow(end / figure.value, way);
}

namespace {

class Builder {
 public:
  Builder(Spec spec, Inputs inputs, const std::vector<std::vector<Figure>>& figures) {
    made_.plan.spec = std::move(spec);
    made_.plan.inputs = std::move(inputs);
    for (std::size_t machine = 0; machine < figures.size(); ++machine)
      add_variables(machine, figures[machine]);
  }

  SensitivityPlan build(const std::string& version, double allowed) {
    const Spec& spec = made_.plan.spec;
    const double variables = static_cast<double>(spec.variables.size());
    const double machines = static_cast<double>(made_.plan.inputs.machines.size());
    check_scale(spec.file,
                (machines * (spec.samples + 1.0) + 2 * variables) *
                    static_cast<double>(spec.workloads.size() * spec.tokens.size()),
                allowed);
    rows_ = latin_hypercube(spec.samples, static_cast<int>(spec.variables.size()), spec.seed);
    for (std::size_t workload = 0; workload < spec.workloads.size(); ++workload)
      for (const int tokens : spec.tokens)
        for (std::size_t machine = 0; machine < made_.plan.inputs.machines.size(); ++machine)
          add_points(machine, workload, tokens);
    const PointNamer namer(spec, made_.plan.inputs, version);
    for (Point& point : made_.plan.points)
      point.hash = namer.name(point);
    return std::move(made_);
  }

 private:
  void add_variables(std::size_t machine, const std::vector<Figure>& figures) {
    const std::string& name = made_.plan.inputs.machines[machine].name;
    std::set<std::string> seen;
    variables_.emplace_back();
    for (const Figure& figure : figures) {
      if (!(figure.low < figure.high) || !seen.insert(figure.path).second)
        continue;
      Variable variable;
      variable.name = name + "." + figure.path;
      variable.owners = {name};
      variable.key = figure.path;
      variables_.back().push_back(made_.plan.spec.variables.size());
      made_.plan.spec.variables.push_back(std::move(variable));
      made_.figures.push_back(figure);
    }
  }

  Setting setting(std::size_t variable, double value) const {
    const std::string& unit = made_.figures[variable].unit;
    const double scale = parse_quantity("1 " + unit).value;
    return {variable, parse_value(fmt::format("{} {}", value / scale, unit))};
  }

  void add_points(std::size_t machine, std::size_t workload, int tokens) {
    Point point;
    point.machine = machine, point.workload = workload, point.tokens = tokens;
    point.seed = made_.plan.spec.seed;
    add(point, {}, {Role::Kind::nominal, 0});
    const auto& variables = variables_[machine];
    for (const std::size_t i : variables) {
      add(point, {setting(i, made_.figures[i].low)}, {Role::Kind::low, i});
      add(point, {setting(i, made_.figures[i].high)}, {Role::Kind::high, i});
    }
    // A machine without intervals is the same in every sample: its nominal point stands for all.
    for (std::size_t sample = 0; sample < rows_.size() && !variables.empty(); ++sample) {
      std::vector<Setting> settings;
      for (const std::size_t i : variables)
        settings.push_back(setting(i, draw(made_.figures[i], rows_[sample][i])));
      add(point, std::move(settings), {Role::Kind::sample, sample});
    }
  }

  void add(Point point, std::vector<Setting> settings, Role role) {
    point.settings = std::move(settings);
    made_.plan.points.push_back(std::move(point));
    made_.roles.push_back(role);
  }

  SensitivityPlan made_;
  std::vector<std::vector<std::size_t>> variables_; ///< per machine
  std::vector<std::vector<double>> rows_;
};

} // namespace

SensitivityPlan make_sensitivity_plan(Spec spec, Inputs inputs,
                                      const std::vector<std::vector<Figure>>& figures,
                                      const std::string& version, double allowed) {
  return Builder(std::move(spec), std::move(inputs), figures).build(version, allowed);
}

} // namespace moesaic::sim::sweep
