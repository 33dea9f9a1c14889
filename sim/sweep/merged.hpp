// The merged results of a sweep: sweep.h5, points.csv, energy.csv and sweep.json.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/collection.hpp"

namespace moesaic::sim::sweep {

/// The version of the layout of sweep.h5 and sweep.json; docs/sweeps.md describes it.
inline constexpr int sweep_schema_version = 1;

/// Writes all four into `folder`, each whole or not at all, and a NAME.csv for each further table; may be
/// called while the sweep still runs. Throws InputError naming the file.
void write_merged(const std::string& folder, const Plan& plan, const std::vector<CollectedPoint>& points,
                  const std::string& version, const FurtherTables& further = {});

/// The whole outcome as a table for a terminal: how many points have which status, the best of each
/// objective, the front.
std::string format_summary(const Plan& plan, const std::vector<CollectedPoint>& points);

} // namespace moesaic::sim::sweep
