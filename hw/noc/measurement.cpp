#include "hw/noc/measurement.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::hw::noc {

Measured::Measured(Network& network, Traffic& traffic, const MeasurementPlan& plan)
    : network_(network), traffic_(traffic), plan_(plan),
      backlog_(static_cast<std::size_t>(network.config().topology.endpoints())) {}

std::uint64_t Measured::next_action() const {
  if (stopped_)
    return never;
  // The end of the window and of the patience are actions too, whatever the traffic does.
  const std::uint64_t end = plan_.warm_up + plan_.measure + 1;
  std::uint64_t check = end;
  if (acted_ >= end && waiting_ > 0)
    check = plan_.drain == never ? never : end + plan_.drain;
  // Not the network's cycle: it is asked between cycles and, at the start of one, for that very cycle.
  return std::min(traffic_.next(), std::max(check, acted_ + 1));
}

bool Measured::finished(std::uint64_t cycle) const {
  const std::uint64_t end = plan_.warm_up + plan_.measure;
  return cycle > end && (waiting_ == 0 || (plan_.drain != never && cycle > end + plan_.drain));
}

void Measured::act(std::uint64_t cycle) {
  acted_ = cycle;
  if (finished(cycle)) {
    abandon(cycle);
    return;
  }
  if (traffic_.next() > cycle)
    return;
  requests_.clear();
  traffic_.take(cycle, requests_);
  for (const Request& request : requests_) {
    if (in_window(cycle)) {
      ++created_;
      ++waiting_;
      waiting_created_sum_ += cycle;
      offered_flits_ += static_cast<std::uint64_t>(request.length);
    }
    auto& backlog = backlog_[static_cast<std::size_t>(request.source)];
    if (backlog.empty())
      send(request, cycle);
    else
      backlog.push_back(request);
  }
}

void Measured::send(const Request& request, std::uint64_t cycle) {
  Packet packet;
  packet.destination = request.destination;
  packet.length = request.length;
  if (!network_.try_inject(request.source, packet, cycle, request.cycle))
    backlog_[static_cast<std::size_t>(request.source)].push_back(request);
}

void Measured::room(int endpoint, std::uint64_t cycle) {
  auto& backlog = backlog_[static_cast<std::size_t>(endpoint)];
  while (!backlog.empty()) {
    const Request& request = backlog.front();
    Packet packet;
    packet.destination = request.destination;
    packet.length = request.length;
    if (!network_.try_inject(endpoint, packet, cycle + 1, request.cycle))
      return;
    backlog.pop_front();
  }
}

bool Measured::deliver(int, const Delivery& packet, std::uint64_t cycle) {
  if (in_window(cycle))
    accepted_flits_ += static_cast<std::uint64_t>(packet.length);
  if (!in_window(packet.created) || stopped_)
    return true;
  const std::uint64_t latency = cycle - packet.created;
  --waiting_;
  waiting_created_sum_ -= packet.created;
  ++delivered_;
  latency_sum_ += latency;
  if (latency >= histogram_.size())
    histogram_.resize(latency + 1);
  ++histogram_[latency];
  return true;
}

/// No more traffic; what is measured and has not arrived counts with its age.
void Measured::abandon(std::uint64_t cycle) {
  stopped_ = true;
  late_ = waiting_;
  late_age_ = cycle * waiting_ - waiting_created_sum_;
  for (auto& backlog : backlog_)
    backlog.clear();
}

/// More flits were made than delivered in the measured cycles, by more than a quarter of those under way on
/// average (Little's law), by more than an empty network takes to fill, and by more than chance leaves.
bool Measured::falls_behind(double latency) const {
  if (created_ == 0)
    return false;
  const double behind = static_cast<double>(offered_flits_) - static_cast<double>(accepted_flits_);
  const double under_way = static_cast<double>(offered_flits_) / static_cast<double>(plan_.measure) * latency;
  const double filling = under_way * std::max(0.0, 1 - static_cast<double>(plan_.warm_up) / latency);
  const double flits = static_cast<double>(offered_flits_) / static_cast<double>(created_); // of a packet
  const double chance = std::sqrt(2 * under_way * flits);
  return behind > under_way / 4 + filling + 4 * chance;
}

/// Of all measured packets. The late ones take more than `drain` cycles.
double Measured::percentile_99() const {
  const std::uint64_t rank = (delivered_ + late_) * 99;
  std::uint64_t below = 0;
  for (std::size_t latency = 0; latency < histogram_.size(); ++latency) {
    if (late_ > 0 && latency == plan_.drain + 1)
      below += late_;
    below += histogram_[latency];
    if (below * 100 >= rank)
      return static_cast<double>(latency);
  }
  return late_ > 0 ? static_cast<double>(plan_.drain + 1) : 0;
}

Measurement Measured::result() const {
  Measurement result;
  const double nodes_cycles = static_cast<double>(backlog_.size()) * static_cast<double>(plan_.measure);
  result.packets = created_;
  if (created_ > 0)
    result.latency = static_cast<double>(latency_sum_ + late_age_) / static_cast<double>(created_);
  result.offered = static_cast<double>(offered_flits_) / nodes_cycles;
  result.accepted = static_cast<double>(accepted_flits_) / nodes_cycles;
  result.latency_max = histogram_.empty() ? 0 : histogram_.size() - 1;
  result.unarrived = late_;
  result.latency_99 = percentile_99();
  result.saturated = late_ > 0 || result.latency > plan_.latency_limit ||
                     (plan_.drain != never && falls_behind(result.latency));
  result.cycles = network_.cycle();
  result.flit_hops = network_.flit_hops();
  result.link_flits = network_.link_flits();
  return result;
}

Measurement measure_bare(Network& network, Traffic& traffic, const MeasurementPlan& plan) {
  Measured measured(network, traffic, plan);
  network.attach(static_cast<Endpoints&>(measured));
  network.attach(static_cast<Agent&>(measured));
  for (std::uint64_t next = network.next_cycle(); next != Network::never; next = network.next_cycle())
    network.step(next);
  return measured.result();
}

} // namespace moesaic::hw::noc
