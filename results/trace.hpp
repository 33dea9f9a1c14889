// Traces that Perfetto and chrome://tracing open: one track a unit, nested spans, counters; bounded by a
// window.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/unit_spans.hpp"

namespace moesaic::results {

/// Which part of a run is traced: spans and samples that touch [from, to], at most `most_events` of them.
struct TraceWindow {
  double from = 0; ///< seconds of simulated time
  double to = 1e300;
  std::size_t most_events = 1000000; ///< about 100 bytes each in the file
};

/// Collects events and writes Chrome's trace event format (JSON), which Perfetto documents as an input. Times
/// are simulated seconds; the file holds microseconds.
class Trace {
 public:
  using Track = std::size_t;

  explicit Trace(TraceWindow window = {}) : window_(window) {}

  /// A track named `unit` in the group `machine`, below the tracks added before it.
  Track add_track(const std::string& machine, const std::string& unit);

  /// `what` took place on `track` from `start` for `seconds`. Spans of one track must nest or follow one
  /// another: one that overlaps another in part cannot be drawn, and Perfetto drops it without a word.
  void span(Track track, const std::string& what, double start, double seconds);

  /// The value of a counter on `track` from `time` on, for example busy cores.
  void counter(Track track, const std::string& what, double time, double value);

  /// Every unit's spans, each group of units a process "machine, group".
  void add(const std::string& machine, const UnitSpans& units);

  /// The run was not followed further: told in the file.
  void cut_at(double seconds) { cut_at_ = seconds; }

  std::size_t events() const { return spans_.size() + samples_.size(); }
  std::uint64_t dropped() const { return dropped_; } ///< events outside the window or beyond its number

  /// The trace as JSON; it says itself how many events were dropped. Throws std::logic_error when two spans
  /// of a track overlap in part.
  std::string json() const;

 private:
  struct Unit {
    std::size_t machine; ///< index in machines_
    std::string name;
  };
  struct Span {
    Track track;
    std::size_t what; ///< index in names_
    double start, seconds;
  };
  struct Sample {
    Track track;
    std::size_t what;
    double time, value;
  };
  bool admits(double first, double last);
  std::size_t name(const std::string& text);
  std::vector<Span> in_drawing_order() const;
  void check_nesting(const std::vector<Span>& spans) const;

  TraceWindow window_;
  std::vector<std::string> machines_, names_;
  std::map<std::string, std::size_t> name_index_;
  std::vector<Unit> units_;
  std::vector<Span> spans_;
  std::vector<Sample> samples_;
  std::uint64_t dropped_ = 0;
  double cut_at_ = -1; ///< seconds; negative: followed to its end
};

} // namespace moesaic::results
