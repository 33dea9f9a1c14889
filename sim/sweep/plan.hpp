// All points of a sweep, in their order, before anything runs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/sweep/point.hpp"

namespace moesaic::sim::sweep {

/// How many points a plan may have without the user saying so.
inline constexpr double points_without_asking = 1e6;

struct Plan {
  Spec spec;
  Inputs inputs;
  std::vector<Point> points; ///< without repetition
};

/// The points of a grid, Latin hypercube or Sobol sweep. Machines, workloads and batches are crossed in full,
/// so that every sample is run on all of them; a variable multiplies only the machines it bears on. Throws
/// InputError for more than `allowed` points (naming the number), for constraints that no point meets, and
/// for formulas that give no finite number.
Plan make_plan(Spec spec, Inputs inputs, const std::string& version, double allowed = points_without_asking);

/// Completes a plan whose points were made otherwise: names them, and drops repetitions.
void name_points(Plan& plan, const std::string& version);

/// The values of `names` (variables and `tokens`) at a point; nothing where a name does not bear on it.
std::optional<std::vector<double>> numbers_at(const Spec& spec, const Point& point,
                                              const std::vector<std::string>& names);

/// Refuses more than `allowed` points. Throws InputError naming the number and --allow-points.
void check_scale(const std::string& file, double points, double allowed);

} // namespace moesaic::sim::sweep
