#include "sim/sweep/search_space.hpp"

#include <algorithm>

#include "sim/sweep/formula_order.hpp"
#include "sim/sweep/objective.hpp"

namespace moesaic::sim::sweep {

SearchSpace::SearchSpace(const Plan& space, const Evaluator& evaluate, std::string folder,
                         std::string version, EngineOptions options)
    : space_(space), evaluate_(evaluate), folder_(std::move(folder)), version_(std::move(version)),
      options_(std::move(options)), finished_(folder_), machines_(space.inputs.machines.size()) {
  for (std::size_t i = 0; i < space.spec.variables.size(); ++i)
    if (!space.spec.variables[i].formula)
      axes_.push_back(i);
}

std::optional<Point> SearchSpace::point_at(const std::vector<double>& design) const {
  const Spec& spec = space_.spec;
  Point point;
  point.tokens = spec.tokens.front();
  point.seed = spec.seed;
  if (machines_ > 1)
    point.machine =
        std::min(machines_ - 1, static_cast<std::size_t>(design.back() * static_cast<double>(machines_)));
  const auto relevant = relevant_to(spec.variables, space_.inputs.machines[point.machine].name);
  for (std::size_t i = 0; i < axes_.size(); ++i)
    if (relevant[axes_[i]])
      point.settings.push_back({axes_[i], spec.variables[axes_[i]].at(design[i])});
  for (std::size_t i = 0; i < spec.variables.size(); ++i)
    if (relevant[i] && spec.variables[i].formula)
      point.settings.push_back(
          {i, spec.variables[i].computed(*numbers_at(spec, point, spec.variables[i].formula->names()))});
  std::sort(point.settings.begin(), point.settings.end(),
            [](const Setting& a, const Setting& b) { return a.variable < b.variable; });
  for (const Formula& constraint : spec.constraints) {
    const auto numbers = numbers_at(spec, point, constraint.names());
    if (numbers && constraint.defined(*numbers).value_or(0) == 0)
      return std::nullopt; // also where it has no value
  }
  point.hash = point_hash(spec, space_.inputs, point, version_);
  return point;
}

std::vector<std::vector<double>> SearchSpace::costs(const std::vector<std::vector<double>>& designs) {
  const std::vector<double> none(objectives(), worst);
  std::vector<std::optional<Point>> points;
  Plan batch{space_.spec, space_.inputs, {}};
  for (const auto& design : designs) {
    points.push_back(point_at(design));
    if (points.back() && known_.emplace(points.back()->hash, none).second)
      batch.points.push_back(*points.back());
  }
  run_points(batch, evaluate_, folder_, options_, finished_);
  finished_.read(); // of this generation only
  const Finished& finished = finished_.points();
  for (const Point& point : batch.points) {
    const FinishedPoint& result = *finished.at(point.hash);
    points_.push_back(point);
    if (!result.has_result() || !meets_requirements(space_.spec, point, result))
      continue;
    if (const auto found = costs_of(space_.spec, point, result))
      known_[point.hash] = *found;
  }
  std::vector<std::vector<double>> all;
  for (const auto& point : points)
    all.push_back(point ? known_.at(point->hash) : none);
  return all;
}

} // namespace moesaic::sim::sweep
