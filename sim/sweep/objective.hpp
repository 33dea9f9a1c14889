// What makes one point better than another.
#pragma once

#include <optional>
#include <vector>

#include "sim/sweep/finished_point.hpp"
#include "sim/sweep/plan.hpp"

namespace moesaic::sim::sweep {

/// The value of one of result_names() of a point with a result; nominal values, of the whole batch unless per token.
double result_value(const FinishedPoint& result, const std::string& name);

/// The value of a formula of results and variables at a point with a result; nothing where a variable does
/// not bear on it or the value is not finite.
std::optional<double> value_of(const Formula& formula, const Spec& spec, const Point& point,
                               const FinishedPoint& result);

/// Whether the point meets all of the spec's requirements that apply to it.
bool meets_requirements(const Spec& spec, const Point& point, const FinishedPoint& result);

/// The objectives' values, smaller is better (what is maximised has its sign turned); nothing where one has
/// no value.
std::optional<std::vector<double>> costs_of(const Spec& spec, const Point& point,
                                            const FinishedPoint& result);

/// Which of the costs no other one beats: at least as good in all and better in one. Equal ones stay
/// together.
std::vector<bool> pareto_front(const std::vector<std::vector<double>>& costs);

} // namespace moesaic::sim::sweep
