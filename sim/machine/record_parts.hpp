// Parts that the run records of all machines are put together from.
#pragma once

#include <string>
#include <vector>

#include "description/document.hpp"
#include "hw/ledger.hpp"
#include "results/record.hpp"

namespace moesaic::sim {

/// One ledger line with its energy, added to the record's sum.
void add_energy_line(const hw::LedgerLine& line, std::uint64_t count, const results::Interval& joules,
                     results::RunRecord& record);

/// All lines. Where their high ends together would exceed `power_limit` for the run's longest time, all
/// widths above the nominal value shrink alike.
void add_energy_lines(const std::vector<hw::LedgerLine>& lines, double power_limit,
                      results::RunRecord& record);

/// A figure that the run depends on, with its source's title from `document`. `energy_width`: joules that its
/// interval makes of the energy's.
void add_constant(const Document& document, const Figure& figure, const std::string& value_text,
                  double energy_width, results::RunRecord& record);

/// What limits the run for the largest share of its time.
void set_bound(std::vector<std::pair<std::string, double>> shares, results::RunRecord& record);

} // namespace moesaic::sim
