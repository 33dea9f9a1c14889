// What the cores of a card are told to do, without values: the control processors' programs in time.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "hw/associative/timing.hpp"

namespace moesaic::hw::associative {

/// One action of a control processor.
struct Action {
  enum class Kind {
    work,    ///< operations on the array and scalar work, as one max-plus step
    start,   ///< hands a transfer to an engine and goes on
    wait,    ///< until all of the core's engines are idle
    drain,   ///< until the array is idle
    loop,    ///< the body, `count` times
    barrier, ///< until all cores are here
    stage    ///< a name for the time from here on
  };
  Kind kind = Kind::work;
  Timing timing;             // work
  int engine = 0;            // start
  Ticks setup = 0;           // start
  double ticks_per_byte = 0; // start: the engine's own rate
  std::uint64_t bytes = 0;   // start
  std::uint64_t count = 0;   // loop
  std::vector<Action> body;  // loop
  std::string name;          // stage, and work in a detailed stream
};

using Stream = std::vector<Action>;

/// Work that follows work is merged, and loops of work alone become work: the same times, fewer steps.
Stream merged(const Stream& stream);

/// One stretch of time in which something was busy, for traces.
struct Span {
  int core = 0;
  std::string unit; ///< "issue", "array", "transfer 0", ...
  std::string name;
  Ticks start = 0, end = 0;
};

/// Which spans a run keeps. It ends when it has `most` of them, or past `to`.
struct SpanWindow {
  Ticks from = 0, to = std::numeric_limits<Ticks>::max();
  std::size_t most = 500000;
};

struct StageTime {
  std::string name;
  Ticks start = 0, end = 0;
};

/// Busy time by time, in bins of equal width; the width doubles as the run grows.
struct Utilisation {
  Ticks width = 0;
  std::vector<double> issue, array, bytes; ///< ticks at work of all cores, and bytes moved, per bin
};

/// What a run took. Busy times are sums over cores.
struct CardTimes {
  Ticks total = 0;
  Ticks issue = 0, array = 0;
  Ticks transfer = 0;            ///< engines at work, summed over engines
  Ticks waiting = 0;             ///< control processors waiting for engines
  std::uint64_t bytes = 0;       ///< between card memory and cores
  double contended = 0;          ///< share of the transfers' bytes that moved slower than the engine could
  std::vector<StageTime> stages; ///< of core 0
  Utilisation utilisation;
  std::vector<Span> spans; ///< only if asked for
  bool cut = false;        ///< ended with its window of spans, before the program did
};

/// Runs one stream per core in SystemC: control processor, array and engines of every core are processes of
/// their own, the card memory is shared. `bytes_per_tick` is the card memory's rate; `spans`, if given, is
/// the window of the spans that are kept.
CardTimes run_card(const std::vector<const Stream*>& streams, int engines, double bytes_per_tick,
                   const SpanWindow* spans = nullptr);

/// The same without simulating: one core's stream followed once, of a loop the first turns, each further one taken to be like
/// the last of them. Cores do not hold each other up at the card memory. Times and sums as run_card's, of `cores` alike.
CardTimes estimate_card(const Stream& stream, int cores, int engines, double bytes_per_tick);

} // namespace moesaic::hw::associative
