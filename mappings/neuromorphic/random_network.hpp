// Random recurrent networks at a given firing rate, as chips are characterised with.
#pragma once

#include <cstdint>
#include <random>

#include "hw/neuromorphic/activity.hpp"
#include "hw/neuromorphic/chip.hpp"

namespace moesaic::mappings {

/// Every core of one chip full of neurons; each neuron drives one row of `synapses` synapses on a core drawn
/// uniformly.
hw::Program make_random_network(const hw::Chip& chip, int neurons_per_core, int synapses, std::uint64_t seed);

/// Every neuron fires in each step with the same probability.
class RateActivity : public hw::Activity {
 public:
  RateActivity(const hw::Program& program, double probability, std::uint64_t seed);
  void run(std::int32_t core, std::int64_t step, hw::Firing& firing) override;
  bool carries_values() const override { return false; }
  void receive(std::int32_t, std::int32_t, std::int32_t, std::uint32_t, std::int64_t) override {}

 private:
  const hw::Program& program_;
  std::uint64_t threshold_;
  std::mt19937_64 random_;
};

} // namespace moesaic::mappings
