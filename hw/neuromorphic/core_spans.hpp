// When each core, router and link between chips was at work: what traces of single units are drawn from.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "hw/neuromorphic/system.hpp"

namespace moesaic::hw {

/// What one half of a core did in one time step. Picoseconds since the start of the run.
struct CoreSpan {
  std::int32_t core = 0;        ///< of the program
  std::int64_t step = 0;
  bool synapses = false;        ///< axon in to dendrite, from its first message until it has drained; else soma and
                                ///< axon out, from the step's start until the last neuron was visited
  Picoseconds start = 0, end = 0;
};

/// Flits that left a router by a port, looked at in intervals: consecutive ones in which any did are one span.
struct TrafficSpan {
  std::int32_t router = 0;
  std::int32_t port = all_ports; ///< of a link between chips; all_ports: whatever the router passed on
  Picoseconds start = 0, end = 0;
  std::uint64_t flits = 0;
  static constexpr std::int32_t all_ports = -1;
};

/// Keeps the spans that touch [from, to], at most `most` of them.
struct SpanLog {
  Picoseconds from = 0, to = std::numeric_limits<Picoseconds>::max();
  std::size_t most = 1000000;
  Picoseconds interval = 0; ///< in which routers and links are looked at, at least the network's cycle; 0: they are not
  std::vector<CoreSpan> spans;
  std::vector<TrafficSpan> traffic;
  std::uint64_t dropped = 0; ///< that touch the window, beyond `most`

  void add(const CoreSpan& span) { keep(span, spans); }
  void add(const TrafficSpan& span) { keep(span, traffic); }

 private:
  template <class Span> void keep(const Span& span, std::vector<Span>& kept) {
    if (span.end < from || span.start > to)
      return;
    if (spans.size() + traffic.size() < most)
      kept.push_back(span);
    else
      ++dropped;
  }
};

/// The same run, every unit's spans written down.
SystemRun run_system(const Chip& chip, const Program& program, Corner corner, Activity& activity, std::int64_t tokens,
                     std::int64_t least_steps, SpanLog& log);

} // namespace moesaic::hw
