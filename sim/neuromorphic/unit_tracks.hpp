// Tracks of a neuromorphic run: each chip's links to other chips, its routers, and of each core soma and synapses.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "hw/neuromorphic/core_spans.hpp"
#include "results/trace.hpp"
#include "results/unit_spans.hpp"

namespace moesaic::sim {

/// What a run has to write down for the window; routers and links are looked at a thousand times in it. `seconds`: how
/// long the run takes, about.
hw::SpanLog span_log(const results::TraceWindow& window, double seconds);

/// Collects what runs wrote down, chip by chip.
class UnitTracks {
 public:
  explicit UnitTracks(const results::TraceWindow& window) : window_(window) {}

  /// The spans of one run that began at `start` seconds and whose chip 0 is `first_chip` here. `step_name` tells what a
  /// core's time step is called.
  void add(const hw::Chip& chip, const hw::Program& program, const hw::SpanLog& log, double start, int first_chip,
           const std::function<std::string(std::int64_t)>& step_name);
  /// A unit of a chip that no run writes down: a link from card to card.
  void add_link(int chip, const std::string& name, const std::string& what, double start, double seconds);

  results::UnitSpans finish(const std::string& chip_word = "chip");

 private:
  enum Kind { own_link, link, router, core };
  using Key = std::tuple<int, int, int, int>; ///< chip, kind, number, part: the order of tracks
  struct Span {
    std::string what;
    double start, seconds;
  };
  struct Unit {
    std::string name;
    std::vector<Span> spans;
  };
  void keep(const Key& key, const std::function<std::string()>& name, Span span);

  results::TraceWindow window_;
  std::map<Key, Unit> units_;
  std::size_t kept_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace moesaic::sim
