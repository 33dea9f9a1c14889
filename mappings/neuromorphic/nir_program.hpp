// NIR networks on the cores of neuromorphic chips, with integer weights and fixed-point states.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/neuromorphic/activity.hpp"
#include "hw/neuromorphic/chip.hpp"
#include "workloads/nir_network.hpp"

namespace moesaic::mappings {

/// A network as a chip holds it. `network` has the same numbers in double precision.
struct HeldNir {
  workloads::NirNetwork network;
  int fraction_bits = 0; ///< of states, thresholds and currents
  int value_bits = 0;    ///< fraction of graded input payloads; 0 where payloads are single bits
  std::vector<int> step; ///< by connection: a weight is an integer times 2^step
};

constexpr int decay_bits = 12; ///< fraction of decay factors
constexpr int headroom_bits = 8; ///< states may exceed the largest threshold, leak or bias by this

/// Rounds weights to the chip's bits (at most 8), decays to 12, states and constants to what an accumulator holds. Throws
/// InputError for neuron models and graded signals that the chip does not have.
HeldNir hold_nir(const hw::Chip& chip, const workloads::NirNetwork& network);

/// Input values as the chip's payloads hold them. Throws InputError when they exceed them.
workloads::InputSteps hold_input(const hw::Chip& chip, const HeldNir& held, const workloads::InputSteps& input);

/// How far a neuron's v may be from the equations on the held numbers as long as all spikes agree: half a unit of rounding
/// per product, which decay contracts; without decay, one per step and connection.
double state_bound(const HeldNir& held, int population, std::int64_t steps);

/// As few cores as hold each population's neurons. Throws InputError naming population and limit.
hw::Program make_nir_program(const hw::Chip& chip, const HeldNir& held);

/// Executes the network's integer arithmetic.
class NirValues : public hw::Activity {
 public:
  NirValues(const hw::Program& program, const HeldNir& held, const workloads::InputSteps& input);
  void run(std::int32_t core, std::int64_t step, hw::Firing& firing) override;
  bool carries_values() const override { return true; }
  void receive(std::int32_t core, std::int32_t table, std::int32_t row, std::uint32_t payload, std::int64_t due) override;
  const workloads::NirRun& result() const { return result_; }

 private:
  struct Port {
    int connection = 0, slots = 0;
    std::vector<std::int64_t> sum; ///< slots x neurons of the core
  };
  std::int64_t current(const hw::Core& core, std::int64_t step, int neuron);
  bool update(const workloads::NirPopulation& population, std::size_t neuron, std::int64_t in, std::int64_t& v,
              std::int64_t& s) const;
  std::int64_t fixed(double value) const;

  const hw::Program& program_;
  const HeldNir& held_;
  const workloads::InputSteps& input_;
  std::vector<Port> ports_; ///< by table
  std::vector<std::vector<std::int64_t>> v_, s_;
  workloads::NirRun result_;
};

} // namespace moesaic::mappings
