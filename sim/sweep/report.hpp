// report.html of a sweep: its points on the report page, with what was varied; who wins, and what decides it.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/merged.hpp"

namespace moesaic::sim::sweep {

/// What the page holds at most: the GPUs' points and the Pareto front first, then others evenly.
constexpr std::size_t most_on_page = 10000;

/// The page as text: the same points give the same bytes. `further` are the tables of a sensitivity sweep, whose draws
/// are not shown one by one.
std::string report_of(const Plan& plan, const std::vector<CollectedPoint>& points, const std::string& version,
                      const FurtherTables& further);

} // namespace moesaic::sim::sweep
