// NIR networks on the cores of neuromorphic chips, with integer weights and fixed-point states.
#pragma once

#include <array>
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
  std::int64_t state_limit = 0; ///< the accumulator's end: currents and states stay within +-this, in units of the fraction
  std::vector<int> payload_bits; ///< by population: fraction of what its messages carry; 0 for spikes
  std::vector<int> step; ///< by connection: a weight is an integer times 2^step
  /// By population: the neuron at each place of its cores, so that neurons with the same sources are neighbours.
  std::vector<std::vector<std::int32_t>> order;
};

constexpr int decay_bits = 12; ///< fraction of decay factors
constexpr int headroom_bits = 8; ///< states may exceed the largest threshold, leak or bias by this

/// Rounds weights to the chip's bits (at most 8), decays to 12, states and constants to what an accumulator holds. What
/// graded neurons send is their state, without the bits that a payload has fewer than the accumulator. Throws InputError for
/// neuron models and graded signals that the chip does not have.
HeldNir hold_nir(const hw::Chip& chip, const workloads::NirNetwork& network);

/// Input values as the chip's payloads hold them. Throws InputError when they exceed them.
workloads::InputSteps hold_input(const hw::Chip& chip, const HeldNir& held, const workloads::InputSteps& input);

/// By population: how far a neuron's v may be from the equations on the held numbers in the first `steps` steps, as long as
/// all spikes agree. Half a unit of rounding per product, which decay contracts, and for each source that sends its state,
/// that state's own bound and half a unit of the payload, times the weight.
std::vector<double> state_bounds(const HeldNir& held, std::int64_t steps);

/// As few cores as hold each population's neurons. Throws InputError naming population and limit.
hw::Program make_nir_program(const hw::Chip& chip, const HeldNir& held);

/// Executes the network's integer arithmetic.
class NirValues : public hw::Activity {
 public:
  /// `states`: keep every neuron's v after every step, else only the spikes.
  NirValues(const hw::Program& program, const HeldNir& held, const workloads::InputSteps& input, bool states = true);
  void run(std::int32_t core, std::int64_t step, hw::Firing& firing) override;
  bool carries_values() const override { return true; }
  void receive(std::int32_t core, std::int32_t table, std::int32_t row, std::uint32_t payload, std::int64_t due) override;
  /// Times that a current or state reached the accumulator's end and was clipped; state_bound() holds where there are none.
  std::uint64_t clipped() const { return clipped_; }
  /// After the run.
  const workloads::NirRun& result();

 private:
  /// What arrives behind one table, and how it is read.
  struct Port {
    int slots = 0;                 ///< steps ahead that are kept apart
    int shift = 0;                 ///< from sums to the fraction of states
    const std::uint32_t *begin = nullptr, *end = nullptr; ///< of each row's synapses
    const std::uint16_t* base = nullptr;                  ///< of each row, where its columns count from; none: 0
    const std::uint16_t* column = nullptr;
    const std::int8_t* weight = nullptr;
    bool graded = false;
    std::vector<std::int32_t> spikes; ///< sums of weights, slots x neurons of the core
    std::vector<std::int64_t> values; ///< graded: sums of weighted payloads, likewise
  };
  /// A population's numbers in fixed point by place, empty where it has none, and its state.
  struct Neurons {
    std::vector<std::int64_t> bias, leak, threshold, reset, decay, synapse_decay, v, s;
  };
  /// A message whose weights are on their way from memory.
  struct Pending {
    Port* port = nullptr;
    std::size_t first = 0;                ///< of the sums that it adds to
    std::uint32_t begin = 0, end = 0;     ///< its row's synapses
    std::uint32_t payload = 0;
  };
  static void add(const Pending& message);
  void add_pending();
  std::int64_t current(const hw::Core& core, const Neurons& neurons, std::int64_t step, int neuron);
  bool update(workloads::NeuronModel model, Neurons& neurons, std::size_t i, std::int64_t in);
  std::int64_t payload(int population, std::int64_t v);
  std::int64_t clip(std::int64_t value);
  void emit_input(const hw::Core& core, std::size_t step, hw::Firing& firing);

  const hw::Program& program_;
  const HeldNir& held_;
  const workloads::InputSteps& input_;
  bool states_;
  std::vector<char> feeds_;      ///< by population: whether anything listens to it
  std::vector<Port> ports_;      ///< by table
  std::vector<Neurons> neurons_; ///< by population
  std::array<Pending, 16> pending_{};
  std::size_t next_pending_ = 0;
  std::uint64_t clipped_ = 0;
  workloads::NirRun result_;
};

} // namespace moesaic::mappings
