// When each unit of one machine was at work (a core, a router, an array, a memory): what traces with a track a unit are
// drawn from.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace moesaic::results {

struct UnitSpans {
  struct Unit {
    std::string group, name; ///< "chip 3", "core 017 soma"; units of one group stand together
  };
  struct Span {
    std::uint32_t unit, what; ///< indices in `units` and `names`
    double start, seconds;    ///< simulated time
  };
  std::vector<Unit> units; ///< in the order of their tracks
  std::vector<std::string> names;
  std::vector<Span> spans;    ///< those of one unit follow or hold one another
  std::uint64_t dropped = 0;  ///< spans in the window beyond the number asked for
  double followed_until = -1; ///< seconds at which spans ended before the window did; negative: they did not

  std::uint32_t add_unit(std::string group, std::string name);
  void add(std::uint32_t unit, const std::string& what, double start, double seconds);
  /// Only the first `most` units and their spans; how many units went.
  std::size_t keep_units(std::size_t most);

 private:
  std::map<std::string, std::uint32_t> index_; ///< of names
};

} // namespace moesaic::results
