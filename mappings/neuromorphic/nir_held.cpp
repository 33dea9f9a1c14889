#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "mappings/neuromorphic/nir_tables.hpp"

namespace moesaic::mappings {
namespace {

using workloads::NeuronModel;

double on_grid(double value, int bits) {
  return std::ldexp(std::round(std::ldexp(value, bits)), -bits);
}

/// The largest of a population's constants that states are compared with.
double largest_constant(const workloads::NirPopulation& p) {
  double most = 0;
  const auto include = [&](const std::vector<double>& list) {
    for (const double x : list)
      most = std::max(most, std::abs(x));
  };
  for (const auto* list : {&p.threshold, &p.leak, &p.bias, &p.reset})
    include(*list);
  for (const auto& late : p.late_bias)
    include(late.value);
  return most;
}

/// Of states, thresholds and currents, from the largest constant (1 where there is none). Throws where even whole numbers are
/// too fine.
int fraction_of(const hw::Chip& chip, const workloads::NirNetwork& network) {
  double most = 0;
  std::string name;
  for (const auto& p : network.populations)
    if (largest_constant(p) > most) {
      most = largest_constant(p);
      name = p.name;
    }
  int exponent = 0;
  std::frexp(most > 0 ? most : 1, &exponent);
  const int bits = chip.accumulator_bits - 1 - headroom_bits - exponent;
  if (!std::isfinite(most) || bits < 0)
    throw InputError(fmt::format("node '{}': a threshold, leak, reset or bias of {:.4g}: states of {} have {} bits and hold constants "
                                 "below {:.4g}", name, most, chip.title, chip.accumulator_bits,
                                 std::ldexp(1, chip.accumulator_bits - 1 - headroom_bits)));
  return std::min(bits, 30);
}

/// Throws where a single weight would exceed every state.
void check_weights(const hw::Chip& chip, const HeldNir& held, const workloads::NirConnection& c, double largest) {
  const double end = std::ldexp(static_cast<double>(held.state_limit), -held.fraction_bits);
  if (!(largest <= end))
    throw InputError(fmt::format("edge '{}' -> '{}': weights of up to {:.4g}, where states of {} end at {:.4g}",
                                 held.network.populations[static_cast<std::size_t>(c.from)].name,
                                 held.network.populations[static_cast<std::size_t>(c.to)].name, largest, chip.title, end));
}

/// Fraction of the payloads that neurons of a model send: inputs in half of the bits, at most 12; states less what a payload
/// is narrower than an accumulator.
int payload_fraction(const hw::Chip& chip, NeuronModel model, int fraction_bits) {
  if (chip.payload_bits == 1)
    return 0;
  if (model == NeuronModel::input)
    return std::min(chip.payload_bits / 2, 12);
  return workloads::graded(model) ? fraction_bits - std::max(0, chip.accumulator_bits - chip.payload_bits) : 0;
}

void check_model(const hw::Chip& chip, const workloads::NirPopulation& p) {
  if (chip.memory.crossbar && (p.model == NeuronModel::cuba_lif || p.model == NeuronModel::readout))
    throw InputError(fmt::format("node '{}': {} neurons on {} are not supported: its neurons are leaky integrators "
                                 "without a synaptic current", p.name, to_string(p.model), chip.title));
}

} // namespace

HeldNir hold_nir(const hw::Chip& chip, const workloads::NirNetwork& network) {
  HeldNir held{network, 0, 0, {}, {}, {}};
  held.fraction_bits = fraction_of(chip, network);
  held.state_limit = (std::int64_t{1} << (chip.accumulator_bits - 1)) - 1;
  for (const auto& p : network.populations)
    held.payload_bits.push_back(payload_fraction(chip, p.model, held.fraction_bits));
  for (auto& p : held.network.populations) {
    check_model(chip, p);
    for (auto* list : {&p.decay, &p.synapse_decay})
      for (double& x : *list)
        x = std::max(on_grid(x, decay_bits), std::ldexp(1, -decay_bits));
    for (auto* list : {&p.leak, &p.threshold, &p.reset, &p.bias})
      for (double& x : *list)
        x = on_grid(x, held.fraction_bits);
    for (auto& late : p.late_bias)
      for (double& x : late.value)
        x = on_grid(x, held.fraction_bits);
  }
  const int most = (1 << (std::min(chip.weight_bits, 8) - 1)) - 1;
  for (auto& c : held.network.connections) {
    const auto& from = network.populations[static_cast<std::size_t>(c.from)];
    if (workloads::graded(from.model) && chip.payload_bits == 1)
      throw InputError(fmt::format("node '{}': graded values of {} neurons into '{}' are not supported: spikes of {} carry one bit; "
                                   "only an Output may show them", from.name, to_string(from.model),
                                   network.populations[static_cast<std::size_t>(c.to)].name, chip.title));
    double largest = 0;
    for (int i = 0; i < c.weight.nonZeros(); ++i)
      largest = std::max(largest, std::isnan(c.weight.valuePtr()[i]) ? HUGE_VAL : std::abs(c.weight.valuePtr()[i]));
    check_weights(chip, held, c, largest);
    int step = 0;
    std::frexp(largest / most, &step);
    while (largest > 0 && std::ldexp(largest, -(step - 1)) <= most)
      --step;
    held.step.push_back(step);
    for (int i = 0; i < c.weight.nonZeros(); ++i)
      c.weight.valuePtr()[i] = on_grid(c.weight.valuePtr()[i], -step);
    c.weight.prune(0.0);
  }
  for (std::size_t p = 0; p < held.network.populations.size(); ++p)
    held.order.push_back(order_by_source(held.network, static_cast<int>(p)));
  return held;
}

workloads::InputSteps hold_input(const hw::Chip& chip, const HeldNir& held, const workloads::InputSteps& input) {
  workloads::InputSteps result = input;
  const int bits = payload_fraction(chip, NeuronModel::input, held.fraction_bits);
  const double most = chip.payload_bits > 1 ? std::ldexp(1, chip.payload_bits - 1 - bits) : 1;
  for (std::size_t t = 0; t < result.size(); ++t)
    for (std::size_t i = 0; i < result[t].size(); ++i) {
      double& x = result[t][i];
      if (chip.payload_bits == 1 && x != 0 && x != 1)
        throw InputError(fmt::format("input of {} at step {}, channel {}: {} carries spikes of one bit only", x, t, i, chip.title));
      if (std::abs(x) > most || (x == most && most > 1))
        throw InputError(fmt::format("input of {} at step {}, channel {}: payloads of {} on {} hold less than {}", x, t, i,
                                     fmt::format("{} bits", chip.payload_bits), chip.title, most));
      x = on_grid(x, bits);
    }
  return result;
}

} // namespace moesaic::mappings
