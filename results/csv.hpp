// The tables of a run as comma-separated values (RFC 4180, UTF-8, first line the column names).
#pragma once

#include <string>
#include <vector>

#include "results/record.hpp"

namespace moesaic::results {

/// A text as one cell, in quotes where it needs them.
std::string csv_cell(const std::string& text);

/// One row an energy line: machine, batch, component, action, kind, count, energy_pJ, low_pJ, high_pJ,
/// figure, source.
std::string actions_csv(const std::vector<RunRecord>& records);

/// The energy table used: what one action cost (active lines), or the power that flowed (static and idle
/// lines): machine, component, action, kind, unit (pJ per action, or W), nominal, low, high, figure, source.
std::string energy_table_csv(const std::vector<RunRecord>& records);

/// Every constant: machine, path, as_written, value, low, high, unit, confidence, source, source_title, note,
/// energy_width_J.
std::string constants_csv(const std::vector<RunRecord>& records);

/// The comparison: machine, kind, workload, batch, latency_s and its ends, energy_per_token_J and its ends,
/// tokens_per_s, power_W, chips, bound.
std::string summary_csv(const std::vector<RunRecord>& records);

} // namespace moesaic::results
