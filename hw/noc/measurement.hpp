// One point of a latency curve: a network under traffic, warmed up, measured, drained.
#pragma once

#include <deque>

#include "hw/noc/network.hpp"
#include "hw/noc/traffic.hpp"

namespace moesaic::hw::noc {

struct MeasurementPlan {
  std::uint64_t warm_up = 5000;  ///< cycles before packets count
  std::uint64_t measure = 50000; ///< cycles in which packets are created that count
  std::uint64_t drain = 50000;   ///< most cycles to wait for them
  double latency_limit = 500;    ///< cycles: a mean latency beyond is saturation
};

struct Measurement {
  double latency = 0; ///< mean cycles from a packet's creation, source queue included, to its tail's arrival;
                      ///< packets that never arrived count with their age
  double latency_99 = 0; ///< 99th percentile, cycles; those that have not arrived count with `drain` + 1, the least that
                         ///< they can take, so that it is a lower bound if there are any
  std::uint64_t latency_max = 0; ///< of those that have arrived
  double offered = 0;     ///< flits per node and cycle made in the measured cycles
  double accepted = 0;    ///< flits per node and cycle delivered in the measured cycles
  bool saturated = false; ///< beyond the latency limit, packets not arrived after `drain`, or more made than
                          ///< delivered (unless `drain` is `never`)
  std::uint64_t packets = 0;   ///< measured
  std::uint64_t unarrived = 0; ///< of them, after `drain`
  std::uint64_t cycles = 0;  ///< run in all
  std::uint64_t flit_hops = 0;
  std::vector<std::uint64_t> link_flits; ///< by link class
};

/// The generator and all the endpoints of a measured network. Attach it to a network or fabric as both.
class Measured : public Endpoints, public Agent {
 public:
  /// Sends what `traffic` says through `network`, which holds as many packets as fit; the rest waits here.
  Measured(Network& network, Traffic& traffic, const MeasurementPlan& plan);

  bool deliver(int endpoint, const Delivery& packet, std::uint64_t cycle) override;
  void room(int endpoint, std::uint64_t cycle) override;
  std::uint64_t next_action() const override;
  void act(std::uint64_t cycle) override;

  /// After the network has come to rest.
  Measurement result() const;

 private:
  bool in_window(std::uint64_t cycle) const {
    return cycle > plan_.warm_up && cycle <= plan_.warm_up + plan_.measure;
  }
  bool finished(std::uint64_t cycle) const;
  bool falls_behind(double latency) const;
  double percentile_99() const;
  void send(const Request& request, std::uint64_t cycle);
  void abandon(std::uint64_t cycle);

  Network& network_;
  Traffic& traffic_;
  MeasurementPlan plan_;
  std::vector<std::deque<Request>> backlog_; // by source
  std::vector<Request> requests_;
  std::vector<std::uint64_t> histogram_; // latencies
  std::uint64_t waiting_ = 0;            // measured packets not yet delivered
  std::uint64_t created_ = 0, offered_flits_ = 0, accepted_flits_ = 0, latency_sum_ = 0, delivered_ = 0;
  std::uint64_t waiting_created_sum_ = 0; // of their creation cycles
  std::uint64_t late_ = 0, late_age_ = 0; // measured packets given up, and their ages
  std::uint64_t acted_ = 0;               // the cycle of the latest action
  bool stopped_ = false;
};

/// Runs the network as a SystemC module, in a simulation of its own, under `traffic` until everything has
/// come to rest. Throws DeadlockError.
Measurement measure(const NetworkConfig& config, Traffic& traffic, const MeasurementPlan& plan);

/// Runs `network` bare, without SystemC, under `traffic` until everything has come to rest.
Measurement measure_bare(Network& network, Traffic& traffic, const MeasurementPlan& plan);

} // namespace moesaic::hw::noc
