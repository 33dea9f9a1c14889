// How sure the ranking of machines is: Monte Carlo over the intervals of all constants, and each constant at
// its ends.
#pragma once

#include <string>
#include <vector>

#include "description/figure.hpp"
#include "sim/sweep/merged.hpp"

namespace moesaic::sim::sweep {

/// What a point of a sensitivity sweep is for.
struct Role {
  enum class Kind { nominal, low, high, sample };
  Kind kind = Kind::nominal;
  std::size_t number = 0; ///< the variable (low, high) or the sample
};

struct SensitivityPlan {
  Plan plan;                   ///< its variables are the constants that have an interval
  std::vector<Figure> figures; ///< of each variable
  std::vector<Role> roles;     ///< of each point
};

/// Draws `spec.samples` sets of constants and adds every constant alone at both ends. `figures`: what each
/// machine reads. Each constant is drawn by itself: half of the draws lie below the nominal value and half
/// above, evenly on a logarithmic scale (an interval that touches 0: on a linear one). Throws InputError for
/// too many points.
SensitivityPlan make_sensitivity_plan(Spec spec, Inputs inputs,
                                      const std::vector<std::vector<Figure>>& figures,
                                      const std::string& version, double allowed = points_without_asking);

/// The value of a constant at u in [0, 1).
double draw(const Figure& figure, double u);

/// Two tables. `ranking`, a row per workload, batch, objective and machine: nominal value, percentiles, and
/// the share of the samples it wins, with its standard error. `tornado`, a row per constant too: the
/// objective at both ends of the constant, their distance, and whether an end turns another machine into the
/// winner.
FurtherTables sensitivity_tables(const SensitivityPlan& sensitivity,
                                 const std::vector<CollectedPoint>& points);

/// Both tables for a terminal: who wins how surely, and the constants that matter most.
std::string format_sensitivity(const FurtherTables& tables);

} // namespace moesaic::sim::sweep
