#include "sim/gpu/units.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace moesaic::sim {

namespace {

/// One GPU's tracks.
class GpuTracks {
 public:
  GpuTracks(std::string group, bool links, const results::TraceWindow& window, results::UnitSpans& units)
      : window_(window), units_(units), overhead_(units.add_unit(group, "launches and bookkeeping")),
        links_(links ? units.add_unit(group, "links") : 0), memory_(units.add_unit(group, "memory")),
        matrix_(units.add_unit(group, "matrix units")), waiting_(units.add_unit(group, "waiting")) {}

  void add(const hw::gpu::Program& program, const hw::gpu::Cost& cost, const hw::gpu::Constants& constants) {
    for (const auto& kernel : program) {
      const auto part = hw::gpu::kernel_cost(kernel, constants, cost.clock);
      const double gap = program.graph ? 0 : kernel.launches * constants.launch_gap;
      const double at_work = time_ + part.overhead + gap + part.transfer;
      span(overhead_, kernel.name, time_, part.overhead + gap);
      span(links_, kernel.name, time_ + part.overhead + gap, part.transfer);
      span(memory_, kernel.name, at_work, part.memory);
      span(matrix_, kernel.name, at_work, part.compute);
      time_ += part.seconds + gap;
    }
    wait("for the power limit", time_ + cost.spaced);
  }
  void wait(const char* what, double until) {
    span(waiting_, what, time_, until - time_);
    time_ = std::max(time_, until);
  }

 private:
  void span(std::uint32_t unit, const char* what, double start, double seconds) {
    constexpr double least = 1e-12; // what traces resolve
    if (seconds < least || start + seconds < window_.from || start > window_.to)
      return;
    if (units_.spans.size() < window_.most_events)
      units_.add(unit, what, start, seconds);
    else
      ++units_.dropped;
  }

  const results::TraceWindow& window_;
  results::UnitSpans& units_;
  std::uint32_t overhead_, links_, memory_, matrix_, waiting_;
  double time_ = 0;
};

} // namespace

results::UnitSpans gpu_units(const GpuGroup& group, const hw::gpu::Constants& constants, const results::TraceWindow& window) {
  results::UnitSpans units;
  for (std::size_t i = 0; i < group.size(); ++i) {
    GpuTracks tracks(fmt::format("GPU {}", i), group.size() > 1, window, units);
    tracks.add(group.programs[i], group.costs[i], constants);
    tracks.wait("for the slowest GPU", group.seconds());
  }
  return units;
}

} // namespace moesaic::sim
