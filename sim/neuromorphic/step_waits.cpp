#include "sim/neuromorphic/step_waits.hpp"

#include <algorithm>

namespace moesaic::sim {

void StepWaits::add(const std::vector<hw::StepRecord>& steps) {
  for (const auto& step : steps) {
    const auto busy = std::min(step.work, std::max(step.synapse_busy, step.soma_busy));
    (step.synapse_busy >= step.soma_busy ? memory : compute) += static_cast<double>(busy) * 1e-12;
    traffic += static_cast<double>(step.work - busy) * 1e-12;
    overhead += static_cast<double>(step.barrier) * 1e-12;
  }
}

std::vector<std::pair<std::string, double>> StepWaits::shares() const {
  return {{"memory", memory / total()},
          {"compute", compute / total()},
          {"traffic", traffic / total()},
          {"overhead", overhead / total()}};
}

} // namespace moesaic::sim
