#include "hw/neuromorphic/traffic_sampler.hpp"

#include <algorithm>

#include "hw/noc/network.hpp"

namespace moesaic::hw {

TrafficSampler::TrafficSampler(noc::Fabric& fabric, Picoseconds period, SpanLog& log)
    : fabric_(fabric), period_(period), log_(log),
      interval_(static_cast<std::uint64_t>(std::max<Picoseconds>(log.interval / period, 1))),
      first_(static_cast<std::uint64_t>(log.from / period)), last_(static_cast<std::uint64_t>(log.to / period)) {
  const noc::Topology& topology = fabric_.topology();
  for (std::int32_t router = 0; router < topology.routers(); ++router) {
    units_.push_back({router, TrafficSpan::all_ports, 0, {}});
    for (int port = 0; port < topology.ports(); ++port)
      if (topology.link_class(router, port) >= noc::first_level_link && topology.neighbour(router, port) >= 0)
        units_.push_back({router, port, 0, {}});
  }
  fabric_.attach(static_cast<noc::Agent&>(*this));
}

std::uint64_t TrafficSampler::moved() const {
  const noc::Network& network = fabric_.network();
  return network.injected_flits() + network.delivered();
}

/// Nothing to see while nothing moves: else a network that stands still for good would be looked at for ever.
std::uint64_t TrafficSampler::next_action() const {
  if (looked_ > last_ || (moved() == moved_ && (stalled_ || fabric_.empty())))
    return never;
  return std::max(looked_ + interval_, first_);
}

void TrafficSampler::act(std::uint64_t cycle) {
  const bool slept = cycle > std::max(looked_ + interval_, first_); // woken by traffic that has only begun
  look(slept ? cycle - std::min(cycle, interval_) : looked_, cycle, cycle > first_);
  looked_ = cycle;
  moved_ = moved();
}

void TrafficSampler::look(std::uint64_t from, std::uint64_t to, bool keep) {
  const std::vector<std::uint64_t> port_flits = fabric_.port_flits();
  const auto ports = static_cast<std::size_t>(fabric_.topology().ports());
  std::uint64_t hops = 0;
  for (Unit& unit : units_) {
    const auto first = port_flits.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(unit.router) * ports);
    std::uint64_t flits = 0;
    if (unit.port == TrafficSpan::all_ports)
      for (std::size_t port = 0; port < ports; ++port)
        flits += first[static_cast<std::ptrdiff_t>(port)];
    else
      flits = first[unit.port];
    const std::uint64_t more = flits - unit.flits;
    unit.flits = flits;
    hops += flits;
    const auto start = std::max(static_cast<Picoseconds>(from) * period_, unit.open.end), end = static_cast<Picoseconds>(to) * period_;
    if (unit.open.flits > 0 && (more == 0 || start > unit.open.end))
      close(unit);
    if (more == 0 || !keep)
      continue;
    if (unit.open.flits == 0)
      unit.open = {unit.router, unit.port, start, end, 0};
    unit.open.end = end;
    unit.open.flits += more;
  }
  stalled_ = hops == hops_;
  hops_ = hops;
}

void TrafficSampler::close(Unit& unit) {
  log_.add(unit.open);
  unit.open.flits = 0; // its end stays: what follows begins no earlier
}

void TrafficSampler::finish() {
  look(looked_, fabric_.cycle(), looked_ <= last_);
  for (Unit& unit : units_)
    if (unit.open.flits > 0)
      close(unit);
}

} // namespace moesaic::hw
