// The energy of a neuromorphic run in its record, and the constants that make its interval.
#pragma once

#include <vector>

#include "hw/ledger.hpp"
#include "results/record.hpp"
#include "sim/neuromorphic/step_waits.hpp"

namespace moesaic::sim {

/// The ledger's lines; active ones times `scale`, for tokens that continue the counted ones.
void add_counted_energy(const std::vector<hw::LedgerLine>& lines, double scale, results::RunRecord& record);

/// All figures of the description, each with what its interval makes of the energy's: an energy by its count, a power by
/// the time, a time by `watts` of static power over the seconds that are waited for it, to first order.
void add_constants(const Document& document, const std::vector<hw::LedgerLine>& lines, const StepWaits& waits, double watts,
                   results::RunRecord& record);

} // namespace moesaic::sim
