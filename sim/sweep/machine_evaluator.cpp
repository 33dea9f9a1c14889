#include "sim/sweep/machine_evaluator.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/sweep/machine_runner.hpp"

namespace moesaic::sim::sweep {

namespace {

/// Points that together show every value of every variable, of each up to 64 spread over its values.
std::vector<const Point*> telling_points(const Plan& plan) {
  constexpr std::size_t most = 64;
  std::map<std::pair<std::size_t, std::size_t>, std::unordered_map<std::string_view, const Point*>> seen; // by machine, variable
  for (const Point& point : plan.points)
    for (const Setting& setting : point.settings)
      seen[{point.machine, setting.variable}].emplace(setting.value.text, &point);
  std::vector<const Point*> points;
  if (plan.spec.kind == Kind::sensitivity) { // its draws are of constants; the nominal points tell
    for (const Point& point : plan.points)
      if (point.settings.empty())
        points.push_back(&point);
    return points;
  }
  std::set<std::pair<std::size_t, std::size_t>> begun; // machine and workload
  for (const Point& point : plan.points)
    if (begun.emplace(point.machine, point.workload).second)
      points.push_back(&point);
  for (const auto& [of, values] : seen) {
    std::vector<std::tuple<double, std::string, const Point*>> sorted;
    for (const auto& [text, point] : values)
      sorted.emplace_back(parse_value(std::string(text)).number.value_or(0), text, point);
    std::sort(sorted.begin(), sorted.end());
    const std::size_t tried = std::min(most, sorted.size());
    for (std::size_t i = 0; i < tried; ++i)
      points.push_back(std::get<2>(sorted[tried == 1 ? 0 : i * (sorted.size() - 1) / (tried - 1)]));
  }
  return points;
}

} // namespace

void check_points(const Plan& plan) {
  if (plan.spec.kind == Kind::search)
    return;
  MachineRunner runner;
  struct Fit {
    std::size_t tried = 0;
    std::string why; ///< the first does not fit
    bool any = false;
  };
  std::map<std::size_t, Fit> machines;
  for (const Point* point : telling_points(plan))
    try {
      Fit& fit = machines[point->machine];
      const std::string why = runner.make_inputs(plan, *point, !fit.any);
      fit.any = fit.any || why.empty();
      if (fit.tried++ == 0)
        fit.why = why;
    } catch (const InputError& error) {
      std::string settings;
      for (const Setting& setting : point->settings)
        settings += fmt::format("{}{} = {}", settings.empty() ? "" : ", ", plan.spec.variables[setting.variable].name,
                                setting.value.text);
      throw InputError(fmt::format("{}: {} with {} cannot be: {}; leave such points out by a constraint", plan.spec.file,
                                   plan.inputs.machines[point->machine].name, settings, error.what()));
    }
  for (const auto& [machine, fit] : machines)
    if (!fit.any)
      throw InputError(fmt::format("{}: {}: none of the {} points tried, of all values that are varied, can run; the first: {}",
                                   plan.spec.file, plan.inputs.machines[machine].name, fit.tried, fit.why));
}

Evaluator machine_estimator() {
  auto runner = std::make_shared<MachineRunner>();
  return [runner](const Plan& plan, const Point& point) { return runner->run(plan, point, true); };
}

Evaluator machine_evaluator() {
  auto runner = std::make_shared<MachineRunner>();
  return [runner](const Plan& plan, const Point& point) { return runner->run(plan, point); };
}

namespace {

/// An interval may reach beyond what its machine takes: a share of 0.9 within 30 % is still no more than 1.
void cut_at_one(const Document& document, Figure& figure) {
  if (figure.dimension != dimension::count || figure.value > 1 || figure.high <= 1)
    return;
  try {
    make_machine(with_overrides(document, {{figure.path, fmt::format("{} {}", figure.high, figure.unit)}}, ""));
  } catch (const InputError&) {
    figure.high = 1;
  }
}

} // namespace

std::vector<std::vector<Figure>> machine_figures(const Inputs& inputs) {
  std::vector<std::vector<Figure>> figures;
  for (const Input& input : inputs.machines) {
    const Document fresh = with_overrides(input.document, {}, "");
    make_machine(fresh); // reads them
    figures.push_back(fresh.figures());
    for (Figure& figure : figures.back())
      cut_at_one(input.document, figure);
  }
  return figures;
}

} // namespace moesaic::sim::sweep
