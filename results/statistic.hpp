// A record's statistics by name.
#pragma once

#include <string>

#include "results/record.hpp"

namespace moesaic::results {

/// nullptr when the record has no statistic of that name.
const Statistic* find_statistic(const RunRecord& record, const std::string& name);

/// Its value, 0 when there is none.
double statistic_value(const RunRecord& record, const std::string& name);

} // namespace moesaic::results
