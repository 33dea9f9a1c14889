#include "sim/neuromorphic/unit_tracks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "hw/neuromorphic/routes.hpp"

namespace moesaic::sim {

namespace {

constexpr int looks = 1000;       ///< at routers and links
constexpr int switches = 1 << 30; ///< their place behind all chips

double seconds_of(hw::Picoseconds time) {
  return static_cast<double>(time) * 1e-12;
}

} // namespace

hw::SpanLog span_log(const results::TraceWindow& window, double seconds) {
  constexpr double most_seconds = 9e6; // picoseconds in 63 bits
  hw::SpanLog log;
  log.from = hw::picoseconds(std::min(window.from, most_seconds));
  log.to = hw::picoseconds(std::min(window.to, most_seconds));
  log.most = window.most_events;
  const double end = std::min(seconds, most_seconds), length = std::min(window.to, end) - std::min(window.from, end);
  log.interval = std::max<hw::Picoseconds>(hw::picoseconds(length / looks), 1);
  return log;
}

void UnitTracks::keep(const Key& key, const std::function<std::string()>& name, Span span) {
  if (span.start + span.seconds < window_.from || span.start > window_.to)
    return;
  if (kept_ >= window_.most_events) {
    ++dropped_;
    return;
  }
  ++kept_;
  Unit& unit = units_[key];
  if (unit.name.empty())
    unit.name = name();
  unit.spans.push_back(std::move(span));
}

void UnitTracks::add(const hw::Chip& chip, const hw::Program& program, const hw::SpanLog& log, double start, int first_chip,
                     const std::function<std::string(std::int64_t)>& step_name) {
  for (const hw::CoreSpan& span : log.spans) {
    const hw::Core& core = program.cores[static_cast<std::size_t>(span.core)];
    keep({first_chip + core.chip, Kind::core, core.slot, span.synapses ? 1 : 0},
         [&] { return fmt::format("core {:03} {}", core.slot, span.synapses ? "synapses" : "soma"); },
         {step_name(span.step), start + seconds_of(span.start), seconds_of(span.end - span.start)});
  }
  dropped_ += log.dropped;
  if (log.traffic.empty())
    return;
  const hw::noc::Topology topology = hw::Routes::network(chip, program, Corner::nominal).topology;
  for (const hw::TrafficSpan& span : log.traffic) {
    const bool whole = span.port == hw::TrafficSpan::all_ports;
    const int place = topology.is_switch(span.router) ? switches : topology.chip_of(topology.endpoint_at(span.router, 0));
    const std::string router = topology.router_name(span.router);
    keep({first_chip + place, whole ? Kind::router : Kind::link, span.router, span.port},
         [&] { return whole ? router : fmt::format("link {} of {}", topology.port_name(span.router, span.port), router); },
         {fmt::format("{} flit{}", span.flits, span.flits == 1 ? "" : "s"), start + seconds_of(span.start),
          seconds_of(span.end - span.start)});
  }
}

void UnitTracks::add_link(int chip, const std::string& name, const std::string& what, double start, double seconds) {
  keep({chip, Kind::own_link, 0, 0}, [&] { return name; }, {what, start, seconds});
}

results::UnitSpans UnitTracks::finish(const std::string& chip_word) {
  results::UnitSpans all;
  for (const auto& [key, unit] : units_) {
    const int chip = std::get<0>(key);
    const auto index = all.add_unit(chip == switches ? "switches" : fmt::format("{} {}", chip_word, chip), unit.name);
    for (const Span& span : unit.spans)
      all.add(index, span.what, span.start, span.seconds);
  }
  all.dropped = dropped_;
  return all;
}

} // namespace moesaic::sim
