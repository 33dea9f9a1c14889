// Tracks of an associative run: issue, array and transfer engines of every core.
#pragma once

#include "hw/associative/description.hpp"
#include "results/trace.hpp"
#include "results/unit_spans.hpp"
#include "sim/associative/card_run.hpp"

namespace moesaic::sim {

/// The run's spans that touch the window, at the nominal value of every figure; where there are more than its number
/// the run is followed no further. Of several cards each has its share of the number; time on hosts' links is left out.
results::UnitSpans associative_units(const hw::associative::Description& description, const CardRun& run,
                                     const results::TraceWindow& window);

} // namespace moesaic::sim
