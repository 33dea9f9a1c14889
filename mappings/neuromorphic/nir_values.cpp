#include <algorithm>
#include <cmath>

#include "mappings/neuromorphic/nir_program.hpp"

namespace moesaic::mappings {

using workloads::NeuronModel;

namespace {

/// value * 2^bits, halves rounded up.
std::int64_t shifted(std::int64_t value, int bits) {
  if (bits >= 0)
    return value * (std::int64_t{1} << std::min(bits, 40));
  if (bits < -62)
    return 0;
  return (value + (std::int64_t{1} << (-bits - 1))) >> -bits;
}

} // namespace

std::int64_t NirValues::fixed(double value) const {
  return std::llround(std::ldexp(value, held_.fraction_bits));
}

NirValues::NirValues(const hw::Program& program, const HeldNir& held, const workloads::InputSteps& input)
    : program_(program), held_(held), input_(input), ports_(program.tables.size()) {
  for (const auto& p : held.network.populations) {
    v_.emplace_back(p.size, 0);
    s_.emplace_back(p.size, 0);
    const bool inputs = p.model == NeuronModel::input;
    result_.spikes.emplace_back(input.size());
    result_.state.emplace_back(inputs ? 0 : input.size(), std::vector<double>(static_cast<std::size_t>(p.size), 0));
  }
  for (const auto& core : program.cores) {
    int port = 0;
    for (std::size_t c = 0; c < held.network.connections.size(); ++c)
      if (held.network.connections[c].to == core.population) {
        Port& here = ports_[static_cast<std::size_t>(core.first_table + port++)];
        here.connection = static_cast<int>(c);
        here.slots = held.network.connections[c].delay + 1;
        here.sum.assign(static_cast<std::size_t>(here.slots * core.neurons), 0);
      }
  }
}

void NirValues::receive(std::int32_t core, std::int32_t table, std::int32_t row, std::uint32_t payload, std::int64_t due) {
  const hw::Core& here = program_.cores[static_cast<std::size_t>(core)];
  Port& port = ports_[static_cast<std::size_t>(table)];
  const auto& connection = held_.network.connections[static_cast<std::size_t>(port.connection)];
  const int step = held_.step[static_cast<std::size_t>(port.connection)];
  const std::int64_t value = static_cast<std::int32_t>(payload);
  std::int64_t* sum = &port.sum[static_cast<std::size_t>(due % port.slots * here.neurons)];
  for (workloads::SynapseMatrix::InnerIterator entry(connection.weight, row); entry; ++entry) {
    const auto neuron = entry.row() - here.first_neuron;
    if (neuron >= 0 && neuron < here.neurons)
      sum[neuron] += value * std::llround(std::ldexp(entry.value(), -step));
  }
}

/// The bias and what has arrived for `step`, as a current; clears it.
std::int64_t NirValues::current(const hw::Core& core, std::int64_t step, int neuron) {
  const auto& population = held_.network.populations[static_cast<std::size_t>(core.population)];
  std::int64_t in = fixed(population.bias[static_cast<std::size_t>(core.first_neuron + neuron)]);
  for (int t = core.first_table; t < core.first_table + core.tables; ++t) {
    Port& port = ports_[static_cast<std::size_t>(t)];
    std::int64_t& sum = port.sum[static_cast<std::size_t>(step % port.slots * core.neurons + neuron)];
    const bool graded = held_.network.connections[static_cast<std::size_t>(port.connection)].from == held_.network.input;
    in += shifted(sum, held_.step[static_cast<std::size_t>(port.connection)] - (graded ? held_.value_bits : 0) + held_.fraction_bits);
    sum = 0;
  }
  return in;
}

bool NirValues::update(const workloads::NirPopulation& p, std::size_t i, std::int64_t in, std::int64_t& v,
                       std::int64_t& s) const {
  const auto part = [](double factor, std::int64_t value) {
    return shifted(std::llround(std::ldexp(factor, decay_bits)) * value, -decay_bits);
  };
  if (p.model == NeuronModel::cuba_lif)
    s += part(p.synapse_decay[i], in - s);
  if (!p.decay.empty())
    v += part(p.decay[i], fixed(p.leak[i]) - v + (p.model == NeuronModel::cuba_lif ? s : in));
  else if (p.model == NeuronModel::integrate_fire || p.model == NeuronModel::integrator)
    v += in;
  else
    v = in;
  if (!workloads::spikes(p.model) || v <= fixed(p.threshold[i]))
    return false;
  if (p.model != NeuronModel::threshold)
    v = fixed(p.reset[i]);
  return true;
}

void NirValues::run(std::int32_t index, std::int64_t step, hw::Firing& firing) {
  const hw::Core& core = program_.cores[static_cast<std::size_t>(index)];
  const auto which = static_cast<std::size_t>(core.population);
  const auto& population = held_.network.populations[which];
  if (step >= static_cast<std::int64_t>(input_.size()))
    return;
  const auto t = static_cast<std::size_t>(step);
  for (int n = 0; n < core.neurons; ++n) {
    const auto i = static_cast<std::size_t>(core.first_neuron + n);
    if (population.model == NeuronModel::input) {
      if (input_[t][i] == 0)
        continue;
      firing.neuron.push_back(n);
      firing.payload.push_back(static_cast<std::uint32_t>(
          static_cast<std::int32_t>(std::lround(std::ldexp(input_[t][i], held_.value_bits)))));
      result_.spikes[which][t].push_back(static_cast<int>(i));
      continue;
    }
    if (update(population, i, current(core, step, n), v_[which][i], s_[which][i])) {
      firing.neuron.push_back(n);
      firing.payload.push_back(1);
      result_.spikes[which][t].push_back(static_cast<int>(i));
    }
    result_.state[which][t][i] = std::ldexp(static_cast<double>(v_[which][i]), -held_.fraction_bits);
  }
}

} // namespace moesaic::mappings
