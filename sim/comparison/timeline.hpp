// When each part of a run was at work, for viewers of traces: Perfetto's JSON, or VCD through SystemC.
#pragma once

#include <string>

#include "results/run.hpp"
#include "results/trace.hpp"

namespace moesaic::sim {

/// "10us:1ms" as a window in simulated time; either end may be left out. Throws InputError.
results::TraceWindow parse_window(const std::string& text, const std::string& option = "--timeline-window");

/// Throws InputError unless the file's name ends in .json or .vcd.
void check_timeline_name(const std::string& file, const std::string& option = "--timeline");

/// Writes the stages of every record as spans, a track a stage, and its curves as counters; what lies outside the
/// window is left out. A file .json is Chrome's trace event format, .vcd a value change dump: a bit a stage, a real a
/// curve, 1 ps a step. Throws InputError where it cannot be written. The VCD is written by a SystemC simulation of its
/// own: not while another is there.
void write_timeline(const results::Run& run, const std::string& file, const results::TraceWindow& window);

/// The part of write_timeline that SystemC writes.
void write_vcd(const results::Run& run, const std::string& file, const results::TraceWindow& window);

/// "loihi2, batch 8", or of a run without batches "loihi2".
std::string timeline_label(const results::RunRecord& record);

} // namespace moesaic::sim
