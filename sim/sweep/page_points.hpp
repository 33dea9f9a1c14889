// Points by the thousand as the report page takes them: columns of numbers, little-endian and in base64.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/collection.hpp"

namespace moesaic::sim::sweep {

/// Two members of a JSON object. "variables": of each its values at every point, {name, values: words} or, where
/// that is long, {name, unit, numbers}; where the variable does not bear on a point the word is empty and the number NaN.
/// "points": the results of the points from
/// `first` on, those before being on the page as records: machine, kind, workload, bound, tokens and chips
/// as words, seconds and joules as nominal values (64 bits) and the ends of their intervals (32 bits). Words are
/// {words, bytes}, {words, at} (32 bits) or, one word throughout, {words, count}.
std::string page_columns(const Plan& plan, const std::vector<const CollectedPoint*>& points, std::size_t first);

} // namespace moesaic::sim::sweep
