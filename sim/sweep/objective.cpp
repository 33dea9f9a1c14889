#include "sim/sweep/objective.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace moesaic::sim::sweep {

double result_value(const FinishedPoint& result, const std::string& name) {
  if (name == "seconds")
    return result.seconds().nominal;
  if (name == "joules")
    return result.joules().nominal;
  if (name == "seconds_per_token")
    return result.seconds().nominal / result.tokens();
  if (name == "joules_per_token")
    return result.joules().nominal / result.tokens();
  if (name == "watts")
    return result.joules().nominal / result.seconds().nominal;
  if (name == "chips")
    return static_cast<double>(result.chips());
  throw std::logic_error("no such result: " + name);
}

std::optional<double> value_of(const Formula& formula, const Spec& spec, const Point& point,
                               const FinishedPoint& result) {
  std::vector<double> numbers;
  for (const auto& name : formula.names()) {
    if (std::binary_search(result_names().begin(), result_names().end(), name)) {
      numbers.push_back(result_value(result, name));
    } else if (const auto number = numbers_at(spec, point, {name})) {
      numbers.push_back(number->front());
    } else {
      return std::nullopt;
    }
  }
  const double value = formula(numbers);
  return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

bool meets_requirements(const Spec& spec, const Point& point, const FinishedPoint& result) {
  return std::all_of(spec.requirements.begin(), spec.requirements.end(), [&](const Formula& requirement) {
    const auto value = value_of(requirement, spec, point, result);
    return !value || *value != 0;
  });
}

std::optional<std::vector<double>> costs_of(const Spec& spec, const Point& point,
                                            const FinishedPoint& result) {
  std::vector<double> costs;
  for (const Objective& objective : spec.objectives) {
    const auto value = value_of(objective.formula, spec, point, result);
    if (!value)
      return std::nullopt;
    costs.push_back(objective.maximise ? -*value : *value);
  }
  return costs;
}

std::vector<bool> pareto_front(const std::vector<std::vector<double>>& costs) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // In lexicographic order nothing is beaten by what comes after it, so each is held against the front so far
  // only.
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
  const auto beats = [&](const std::vector<double>& a, const std::vector<double>& b) {
    return a != b && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return x <= y; });
  };
  std::vector<bool> best(costs.size(), false);
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    // The latest of the front is the likeliest to beat: it is the nearest.
    best[i] =
        std::none_of(front.rbegin(), front.rend(), [&](std::size_t j) { return beats(costs[j], costs[i]); });
    if (best[i])
      front.push_back(i);
  }
  return best;
}

} // namespace moesaic::sim::sweep
