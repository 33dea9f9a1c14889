// report.html: one page that opens offline, with the charts' library, the data and the styles inside.
#pragma once

#include <string>
#include <vector>

#include "results/run.hpp"

namespace moesaic::results {

/// The page for one or several runs. Data cannot break out of its element: every "<" of it is escaped.
/// `sweep` is JSON that a sweep adds to its one run, see sim/sweep/report.cpp.
std::string report_page(const std::vector<Run>& runs, const std::string& sweep = "null");

} // namespace moesaic::results
