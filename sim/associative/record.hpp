// An associative program's run as a run record: nominal and at both ends of every constant's interval.
#pragma once

#include "description/document.hpp"
#include "hw/associative/stream.hpp"
#include "mappings/associative/program.hpp"
#include "results/record.hpp"

namespace moesaic::sim {

/// The program's times on the described card, at one end of its figures.
hw::associative::CardTimes run_associative(const hw::associative::Description& description,
                                           const mappings::associative::Program& program, Corner corner,
                                           const hw::associative::SpanWindow* spans = nullptr);

/// Everything of the record but the workload's own fields. The program has been checked. Energy never exceeds
/// the card's limit times seconds, at the nominal point and at the high end.
results::RunRecord record_associative_run(const Document& document,
                                          const hw::associative::Description& description,
                                          const mappings::associative::Program& program);
/// The same of a program whose nominal times are known.
results::RunRecord record_associative_run(const Document& document,
                                          const hw::associative::Description& description,
                                          const mappings::associative::Program& program,
                                          hw::associative::CardTimes nominal);

} // namespace moesaic::sim
