#include <algorithm>
#include <cmath>

#include "mappings/neuromorphic/nir_program.hpp"
#include "mappings/neuromorphic/shifted.hpp"

namespace moesaic::mappings {

using workloads::NeuronModel;

namespace {

/// In fixed point and in the order of places; empty stays empty.
std::vector<std::int64_t> fixed(const std::vector<double>& values, const std::vector<std::int32_t>& order, int bits) {
  std::vector<std::int64_t> list;
  for (std::size_t place = 0; place < values.size(); ++place)
    list.push_back(std::llround(std::ldexp(values[static_cast<std::size_t>(order[place])], bits)));
  return list;
}

} // namespace

NirValues::NirValues(const hw::Program& program, const HeldNir& held, const workloads::InputSteps& input, bool states)
    : program_(program), held_(held), input_(input), states_(states), feeds_(held.network.populations.size(), 0),
      ports_(program.tables.size()) {
  for (const auto& connection : held.network.connections)
    feeds_[static_cast<std::size_t>(connection.from)] = 1;
  const int bits = held.fraction_bits;
  for (std::size_t which = 0; which < held.network.populations.size(); ++which) {
    const auto& p = held.network.populations[which];
    const auto& order = held.order[which];
    const std::vector<std::int64_t> zeros(static_cast<std::size_t>(p.size), 0);
    neurons_.push_back({fixed(p.bias, order, bits), fixed(p.leak, order, bits), fixed(p.threshold, order, bits),
                        fixed(p.reset, order, bits), fixed(p.decay, order, decay_bits),
                        fixed(p.synapse_decay, order, decay_bits), zeros, zeros});
    result_.spikes.emplace_back(input.size());
    result_.state.emplace_back(p.model == NeuronModel::input || !states ? 0 : input.size(),
                               std::vector<double>(static_cast<std::size_t>(p.size), 0));
  }
  for (const auto& core : program.cores) {
    int index = core.first_table;
    for (std::size_t c = 0; c < held.network.connections.size(); ++c) {
      const auto& connection = held.network.connections[c];
      if (connection.to != core.population)
        continue;
      const hw::SynapseTable& table = program.tables[static_cast<std::size_t>(index)];
      Port& here = ports_[static_cast<std::size_t>(index++)];
      here.slots = connection.delay + 1;
      const auto& from = held.network.populations[static_cast<std::size_t>(connection.from)];
      const int payload_bits = held.payload_bits[static_cast<std::size_t>(connection.from)];
      here.graded = workloads::graded(from.model) || (from.model == NeuronModel::input && payload_bits > 0);
      here.shift = held.step[c] - payload_bits + held.fraction_bits;
      here.begin = table.sparse->begin.data();
      here.end = table.sparse->end.empty() ? here.begin + 1 : table.sparse->end.data();
      here.base = table.sparse->base.empty() ? nullptr : table.sparse->base.data();
      here.column = table.sparse->column.data();
      here.weight = table.weights->value.data();
      const auto sums = static_cast<std::size_t>(here.slots * core.neurons);
      here.spikes.assign(here.graded ? 0 : sums, 0);
      here.values.assign(here.graded ? sums : 0, 0);
    }
  }
}

/// Sums are integers, so it does not matter that a message is added a few messages late; its weights are fetched meanwhile.
void NirValues::receive(std::int32_t core, std::int32_t table, std::int32_t row, std::uint32_t payload, std::int64_t due) {
  Port& port = ports_[static_cast<std::size_t>(table)];
  const int neurons = program_.cores[static_cast<std::size_t>(core)].neurons;
  Pending& slot = pending_[next_pending_];
  next_pending_ = (next_pending_ + 1) % pending_.size();
  add(slot);
  const std::size_t base = port.base ? port.base[row] : 0;
  slot = {&port, static_cast<std::size_t>(due % port.slots * neurons) + base, port.begin[row], port.end[row], payload};
  constexpr std::uint32_t line = 64;
  for (std::uint32_t k = slot.begin; k < slot.end; k += line / sizeof *port.column)
    __builtin_prefetch(port.column + k);
  for (std::uint32_t k = slot.begin; k < slot.end; k += line)
    __builtin_prefetch(port.weight + k);
}

void NirValues::add(const Pending& message) {
  if (!message.port)
    return;
  Port& port = *message.port;
  const std::uint16_t* const column = port.column;
  const std::int8_t* const weight = port.weight;
  if (!port.graded) {
    std::int32_t* const sum = &port.spikes[message.first];
    for (std::uint32_t k = message.begin; k < message.end; ++k)
      sum[column[k]] += weight[k];
    return;
  }
  const std::int64_t value = static_cast<std::int32_t>(message.payload);
  std::int64_t* const sum = &port.values[message.first];
  for (std::uint32_t k = message.begin; k < message.end; ++k)
    sum[column[k]] += value * weight[k];
}

void NirValues::add_pending() {
  for (Pending& message : pending_) {
    add(message);
    message.port = nullptr;
  }
}

/// The bias and what has arrived for `step`, as a current; clears it.
std::int64_t NirValues::current(const hw::Core& core, const Neurons& neurons, std::int64_t step, int neuron) {
  std::int64_t in = neurons.bias[static_cast<std::size_t>(core.first_neuron + neuron)];
  for (int t = core.first_table; t < core.first_table + core.tables; ++t) {
    Port& port = ports_[static_cast<std::size_t>(t)];
    const auto at = static_cast<std::size_t>(step % port.slots * core.neurons + neuron);
    const std::int64_t sum = port.graded ? port.values[at] : port.spikes[at];
    if (sum == 0)
      continue;
    in += shifted(sum, port.shift);
    if (port.graded)
      port.values[at] = 0;
    else
      port.spikes[at] = 0;
  }
  return in;
}

void NirValues::emit_input(const hw::Core& core, std::size_t step, hw::Firing& firing) {
  const auto first = static_cast<std::size_t>(
      held_.network.populations[static_cast<std::size_t>(core.population)].first_channel);
  for (int n = 0; n < core.neurons; ++n) {
    const auto i = held_.order[static_cast<std::size_t>(core.population)][static_cast<std::size_t>(core.first_neuron + n)];
    const double value = input_[step][first + static_cast<std::size_t>(i)];
    if (value == 0)
      continue;
    firing.neuron.push_back(n);
    firing.payload.push_back(
        static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(std::ldexp(value, held_.payload_bits[static_cast<std::size_t>(core.population)])))));
    result_.spikes[static_cast<std::size_t>(core.population)][step].push_back(i);
  }
}

void NirValues::run(std::int32_t index, std::int64_t step, hw::Firing& firing) {
  const hw::Core& core = program_.cores[static_cast<std::size_t>(index)];
  const auto which = static_cast<std::size_t>(core.population);
  const NeuronModel model = held_.network.populations[which].model;
  if (step >= static_cast<std::int64_t>(input_.size()))
    return;
  const auto t = static_cast<std::size_t>(step);
  if (model == NeuronModel::input)
    return emit_input(core, t, firing);
  add_pending();
  Neurons& neurons = neurons_[which];
  for (const auto& late : held_.network.populations[which].late_bias)
    for (int n = 0; late.step == step && n < core.neurons; ++n) {
      const auto place = static_cast<std::size_t>(core.first_neuron + n);
      neurons.bias[place] += std::llround(
          std::ldexp(late.value[static_cast<std::size_t>(held_.order[which][place])], held_.fraction_bits));
    }
  const bool sends_values = workloads::graded(model) && feeds_[which];
  for (int n = 0; n < core.neurons; ++n) {
    const auto place = static_cast<std::size_t>(core.first_neuron + n);
    const bool fires = update(model, neurons, place, current(core, neurons, step, n));
    if (sends_values) {
      if (const std::int64_t value = payload(core.population, neurons.v[place]); value != 0) {
        firing.neuron.push_back(n);
        firing.payload.push_back(static_cast<std::uint32_t>(value));
      }
    } else if (fires) {
      firing.neuron.push_back(n);
      firing.payload.push_back(1);
      result_.spikes[which][t].push_back(held_.order[which][place]);
    }
    if (states_)
      result_.state[which][t][static_cast<std::size_t>(held_.order[which][place])] =
          std::ldexp(static_cast<double>(neurons.v[place]), -held_.fraction_bits);
  }
}

const workloads::NirRun& NirValues::result() {
  for (auto& population : result_.spikes)
    for (auto& step : population)
      std::sort(step.begin(), step.end());
  return result_;
}

} // namespace moesaic::mappings
