// When each part of a run was at work, for viewers of traces: Perfetto's JSON, or VCD through SystemC.
#pragma once

#include <string>
#include <vector>

#include "results/run.hpp"
#include "results/trace.hpp"
#include "results/unit_spans.hpp"

namespace moesaic::sim {

/// "10us:1ms" as a window in simulated time; either end may be left out. Throws InputError.
results::TraceWindow parse_window(const std::string& text, const std::string& option = "--timeline-window");

/// Throws InputError unless the file's name ends in .json or .vcd.
void check_timeline_name(const std::string& file, const std::string& option = "--timeline");

/// Writes the stages of every record as spans, a track a stage, its curves as counters, and a track for each of its units
/// (`units` is by record, or shorter); what lies outside the window is left out. A file .json is Chrome's trace event
/// format, .vcd a value change dump: a bit a stage or unit, a real a curve, 1 ps a step. Returns what had to be left out,
/// in words. Throws InputError where it cannot be written. The VCD is written by a SystemC simulation of its own: not
/// while another is there.
std::vector<std::string> write_timeline(const results::Run& run, std::vector<results::UnitSpans> units,
                                        const std::string& file, const results::TraceWindow& window);

/// The part of write_timeline that SystemC writes.
void write_vcd(const results::Run& run, const std::vector<results::UnitSpans>& units, const std::string& file,
               const results::TraceWindow& window);

/// Of a record "loihi2, batch 8", or of a run without batches "loihi2"; with the workload where the run has several.
std::string timeline_label(const results::Run& run, std::size_t record);

} // namespace moesaic::sim
