// An associative program's run as a run record: nominal and at both ends of every constant's interval.
#pragma once

#include "description/document.hpp"
#include "results/record.hpp"
#include "sim/associative/card_run.hpp"

namespace moesaic::sim {

/// Everything of the record but the workload's own fields. The programs have been checked. Energy never exceeds
/// the cards' limit times seconds, at the nominal point and at the high end.
results::RunRecord record_associative_run(const Document& document, const hw::associative::Description& description,
                                          const mappings::associative::Program& program);
/// The same of cards whose nominal times are known.
results::RunRecord record_associative_run(const Document& document, const hw::associative::Description& description,
                                          const CardRun& run, RunTimes nominal);

/// The same of estimated times alone: its time has no interval.
results::RunRecord record_associative_estimate(const Document& document, const hw::associative::Description& description,
                                               const CardRun& run, const RunTimes& nominal);

} // namespace moesaic::sim
