// What a neuromorphic run's time steps wait for.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hw/neuromorphic/step_record.hpp"

namespace moesaic::sim {

/// Where the steps' time went, in seconds. A step waits for the busiest core's synapses (memory: weights are
/// fetched for every operation) or soma (compute), whichever is longer, then for messages to arrive
/// (traffic), and for the barrier (overhead).
struct StepWaits {
  double memory = 0, compute = 0, traffic = 0, overhead = 0;
  double hand_over = 0; ///< of the traffic: whole hand-overs from card to card, where no network is simulated

  void add(const std::vector<hw::StepRecord>& steps);
  double total() const { return memory + compute + traffic + overhead; }
  /// Each with its name, as a run record's `bound_share` has them; they sum to 1.
  std::vector<std::pair<std::string, double>> shares() const;
};

} // namespace moesaic::sim
