#include "hw/noc/fabric.hpp"

#include <stdexcept>

#include "hw/noc/network.hpp"

namespace moesaic::hw::noc {

Fabric::Fabric(const sc_core::sc_module_name& name, const NetworkConfig& config, sc_core::sc_time period)
    : sc_module(name), period_(period), network_(std::make_unique<Network>(config)) {
  if (period == sc_core::SC_ZERO_TIME)
    throw std::logic_error("a fabric needs a clock period");
  SC_HAS_PROCESS(Fabric);
  SC_METHOD(run);
  sensitive << wake_event_;
  dont_initialize();
}

Fabric::~Fabric() = default;

void Fabric::attach(Endpoints& endpoints) {
  network_->attach(endpoints);
}

void Fabric::attach(Agent& agent) {
  network_->attach(agent);
  wake();
}

int Fabric::add_group(int source, const std::vector<int>& destinations) {
  return network_->add_group(source, destinations);
}

int Fabric::add_group(int source, const std::vector<int>& destinations, const Links& links) {
  return network_->add_group(source, destinations, links);
}

std::vector<std::uint64_t> Fabric::group_links(int group) const {
  return network_->trees().links(network_->config().topology, group);
}

std::uint64_t Fabric::next_edge() const {
  // Inside a step the caller acts at the network's own time, which may be ahead of the kernel's.
  if (network_->stepping())
    return network_->cycle() + 1;
  const std::uint64_t edge = sc_core::sc_time_stamp().value() / period_.value() + 1;
  if (edge <= network_->cycle())
    throw std::logic_error(
        "the fabric has run ahead of this point in time: it may be used only by processes");
  return edge;
}

bool Fabric::try_inject(int source, const Packet& packet) {
  const bool taken = network_->try_inject(source, packet, next_edge());
  wake();
  return taken;
}

void Fabric::resume(int endpoint) {
  next_edge();
  network_->resume(endpoint);
  wake();
}

/// Plans the next run, or, when all is done ahead of the kernel, lets the kernel's time catch up.
void Fabric::wake() {
  if (running_)
    return;
  const std::uint64_t next = network_->next_cycle();
  const sc_core::sc_time now = sc_core::sc_time_stamp(),
                         at = time_of(next == Network::never ? cycle() : next);
  if (at > now || next != Network::never)
    wake_event_.notify(at > now ? at - now : sc_core::SC_ZERO_TIME);
}

/// Steps busy cycles until the next one lies beyond the time at which anybody else will act.
void Fabric::run() {
  running_ = true;
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const auto others = [&] { return now + sc_core::sc_time_to_pending_activity(); };
  sc_core::sc_time limit = others();
  std::uint64_t callbacks = network_->callbacks();
  for (;;) {
    const std::uint64_t next = network_->next_cycle();
    if (next == Network::never || time_of(next) > limit)
      break;
    try {
      network_->step(next);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
    if (network_->callbacks() != callbacks) {
      callbacks = network_->callbacks();
      limit = others();
    }
  }
  running_ = false;
  wake();
}

void Fabric::rethrow() const {
  if (failure_)
    std::rethrow_exception(failure_);
}

bool Fabric::empty() const {
  return network_->empty();
}
std::uint64_t Fabric::in_flight() const {
  return network_->in_flight();
}
std::uint64_t Fabric::cycle() const {
  return network_->cycle();
}
const Topology& Fabric::topology() const {
  return network_->config().topology;
}
std::vector<std::uint64_t> Fabric::port_flits() const {
  return network_->port_flits();
}
std::vector<std::uint64_t> Fabric::link_flits() const {
  return network_->link_flits();
}
std::uint64_t Fabric::injected_flits() const {
  return network_->injected_flits();
}
std::uint64_t Fabric::flit_hops() const {
  return network_->flit_hops();
}

sc_core::sc_time Fabric::time_of(std::uint64_t cycle) const {
  return sc_core::sc_time::from_value(cycle * period_.value());
}

} // namespace moesaic::hw::noc
