// Arithmetic and text of intervals.
#pragma once

#include <string>

#include "results/record.hpp"

namespace moesaic::results {

/// Divided by a positive number.
Interval divided(const Interval& interval, double by);

/// a / b at its widest: the ends are those of independent errors. Zero when b is zero.
Interval ratio(const Interval& a, const Interval& b);

/// "1.93 J (1.2 to 3.1)": the ends in the prefix of the nominal value. Without the parenthesis when it has no
/// width.
std::string format_interval(const Interval& interval, const std::string& unit);

/// A plain factor of at most five characters: "0.034", "1.2", "34", "12000".
std::string format_factor(double factor);

Interval joules_per_token(const RunRecord& record); ///< energy of the batch divided among its tokens
Interval tokens_per_second(const RunRecord& record);
Interval
watts(const RunRecord& record); ///< average power, nominal energy over nominal time; ends at constant time

} // namespace moesaic::results
