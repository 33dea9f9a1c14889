// When each core was at work, step by step: what traces of single cores are drawn from.
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

/// Keeps the spans that touch [from, to], at most `most` of them.
struct SpanLog {
  Picoseconds from = 0, to = std::numeric_limits<Picoseconds>::max();
  std::size_t most = 1000000;
  std::vector<CoreSpan> spans;
  std::uint64_t dropped = 0; ///< that touch the window, beyond `most`

  void add(const CoreSpan& span) {
    if (span.end < from || span.start > to)
      return;
    if (spans.size() < most)
      spans.push_back(span);
    else
      ++dropped;
  }
};

/// The same run, every core's spans written down.
SystemRun run_system(const Chip& chip, const Program& program, Corner corner, Activity& activity, std::int64_t tokens,
                     std::int64_t least_steps, SpanLog& log);

} // namespace moesaic::hw
