#include "mappings/neuromorphic/moe_values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "mappings/neuromorphic/moe_program.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"

namespace moesaic::mappings {

MoeValues::MoeValues(const hw::Program& program, const HeldMoe& held, const workloads::Matrix& hidden,
                     ReplicaChoice replicas)
    : program_(program), held_(held), hidden_(hidden), replicas_(std::move(replicas)), accumulators_(program.tables.size()),
      choices_(static_cast<std::size_t>(hidden.rows)), outputs_(static_cast<std::size_t>(hidden.rows)) {
  std::size_t most = 1;
  for (std::size_t i = 0; i < program.tables.size(); ++i) {
    const auto& table = program.tables[i];
    const auto slots = static_cast<std::size_t>(table.delay) + 1,
               columns = static_cast<std::size_t>(table.columns);
    accumulators_[i].due.assign(slots, -1);
    accumulators_[i].sum.assign(slots * columns, 0);
    most = std::max(most, columns);
  }
  zeros_.assign(most, 0);
  for (auto& output : outputs_)
    output.assign(static_cast<std::size_t>(held.layer.hidden), 0);
}

void MoeValues::receive(std::int32_t, std::int32_t table_index, std::int32_t row, std::uint32_t payload,
                        std::int64_t due) {
  const auto& table = program_.tables[static_cast<std::size_t>(table_index)];
  auto& accumulators = accumulators_[static_cast<std::size_t>(table_index)];
  const auto slot = static_cast<std::size_t>(due) % accumulators.due.size();
  std::int32_t* sum = accumulators.sum.data() + slot * static_cast<std::size_t>(table.columns);
  if (accumulators.due[slot] != due) {
    accumulators.due[slot] = due;
    std::fill(sum, sum + table.columns, 0);
  }
  const auto value = static_cast<std::int32_t>(payload);
  if (table.format == hw::SynapseFormat::one_to_one) {
    sum[row - table.first_row] += value;
    return;
  }
  const std::int8_t* weight = table.weights->value.data() + static_cast<std::size_t>(row - table.first_row) *
                                                                static_cast<std::size_t>(table.columns);
  for (std::int32_t c = 0; c < table.columns; ++c)
    sum[c] += weight[c] * value;
}

const std::int32_t* MoeValues::sums(const hw::Core& core, int port, std::int64_t step) {
  const auto table_index = static_cast<std::size_t>(core.first_table + port);
  const auto& accumulators = accumulators_[table_index];
  const auto slot = static_cast<std::size_t>(step) % accumulators.due.size();
  if (accumulators.due[slot] != step)
    return zeros_.data();
  return accumulators.sum.data() + slot * static_cast<std::size_t>(program_.tables[table_index].columns);
}

void MoeValues::run(std::int32_t core_index, std::int64_t step, hw::Firing& firing) {
  const hw::Core& core = program_.cores[static_cast<std::size_t>(core_index)];
  const std::int64_t token = step - program_.populations[static_cast<std::size_t>(core.population)].stage;
  firing.all = core.population != choice;
  switch (static_cast<MoePopulation>(core.population)) {
  case sources:
    for (int i = 0; i < core.neurons; ++i)
      firing.payload.push_back(static_cast<std::uint32_t>(std::clamp<std::int64_t>(
          std::llround(hidden_.at(static_cast<int>(token), core.first_neuron + i) / held_.hidden_step),
          -held_.hidden_most, held_.hidden_most)));
    break;
  case router:
    router_scores(core, sums(core, data_port, step), firing);
    break;
  case choice:
    choose(sums(core, data_port, step), token, firing);
    break;
  case dispatch: {
    const std::int32_t* stored = sums(core, data_port, step);
    firing.payload.assign(stored, stored + core.neurons);
    break;
  }
  case gate_up:
    swiglu(core, sums(core, data_port, step), firing);
    break;
  case down:
    weigh(core, sums(core, data_port, step), *sums(core, gate_port, step), firing);
    break;
  case combine: {
    const std::int32_t* sum = sums(core, data_port, step);
    firing.payload.assign(sum, sum + core.neurons);
    for (int i = 0; i < core.neurons; ++i)
      outputs_[static_cast<std::size_t>(token)][static_cast<std::size_t>(core.first_neuron + i)] =
          std::ldexp(sum[i], -output_bits);
    break;
  }
  }
}

void MoeValues::router_scores(const hw::Core& core, const std::int32_t* sum, hw::Firing& firing) const {
  for (int i = 0; i < core.neurons; ++i) {
    const std::int64_t whole = std::int64_t{128} * sum[2 * i] + sum[2 * i + 1];
    const double step =
        held_.router_step[static_cast<std::size_t>(core.first_neuron + i)] * held_.hidden_step;
    const hw::Rescale to_logit(std::ldexp(step, hw::SigmoidTable::input_bits));
    firing.payload.push_back(static_cast<std::uint32_t>(sigmoid_(to_logit(whole))));
  }
}

/// The router's rule on integer scores: bias for selection only, best groups by the sum of their best two,
/// ties to the lowest index.
void MoeValues::choose(const std::int32_t* score, std::int64_t token, hw::Firing& firing) {
  const auto& rule = held_.layer.router;
  const int experts = held_.layer.routed, per_group = experts / rule.groups;
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min() / 4;
  std::vector<std::int64_t> biased(score, score + experts);
  for (std::size_t e = 0; e < held_.router_bias.size(); ++e)
    biased[e] += std::llround(std::ldexp(double{held_.router_bias[e]}, score_bits));
  std::vector<std::pair<std::int64_t, int>> groups;
  for (int g = 0; g < rule.groups; ++g) {
    std::vector<std::int64_t> members(biased.begin() + g * per_group, biased.begin() + (g + 1) * per_group);
    std::sort(members.rbegin(), members.rend());
    groups.push_back({-(members[0] + (per_group > 1 ? members[1] : 0)), g});
  }
  std::sort(groups.begin(), groups.end());
  for (std::size_t i = static_cast<std::size_t>(rule.kept_groups); i < groups.size(); ++i)
    std::fill_n(biased.begin() + groups[i].second * per_group, per_group, lowest);

  auto& chosen = choices_[static_cast<std::size_t>(token)];
  std::int64_t total = 0;
  for (int k = 0; k < rule.top_k; ++k) {
    const auto best =
        static_cast<std::int32_t>(std::max_element(biased.begin(), biased.end()) - biased.begin());
    chosen.push_back(best);
    total += score[best];
    biased[static_cast<std::size_t>(best)] = lowest;
  }
  std::vector<std::int32_t> all = chosen;
  std::sort(all.begin(), all.end());
  for (int s = 0; s < held_.layer.shared; ++s)
    all.push_back(experts + s);
  const auto scale = std::llround(std::ldexp(rule.scale, weight_bits));
  const std::vector<std::int32_t> serving = replicas_.serve(all);
  std::map<std::int32_t, std::uint32_t> fired; // by replica: its expert's weight
  for (std::size_t i = 0; i < all.size(); ++i)
    fired[serving[i]] = all[i] >= experts
                            ? std::uint32_t{1} << weight_bits
                            : static_cast<std::uint32_t>((score[all[i]] * scale + total / 2) / std::max<std::int64_t>(total, 1));
  for (const auto& [number, weight] : fired) {
    firing.neuron.push_back(number);
    firing.payload.push_back(weight);
  }
}

void MoeValues::swiglu(const hw::Core& core, const std::int32_t* sum, hw::Firing& firing) const {
  const int width = held_.layer.expert_ffn;
  for (int i = 0; i < core.neurons; ++i) {
    const int neuron = core.first_neuron + i;
    const auto e = static_cast<std::size_t>(replicas_.replicas().expert_of(neuron / width));
    const auto& expert = held_.experts[e];
    const auto product = [&](const workloads::Quantised& weights, std::int32_t accumulator) {
      const double scale = weights.scale[weights.block_of(neuron % width, 0)] * held_.hidden_step;
      return scale > 0 ? hw::Rescale(std::ldexp(scale, product_bits))(accumulator) : 0;
    };
    const std::int64_t gate = product(expert.gate, sum[2 * i]), up = product(expert.up, sum[2 * i + 1]);
    static_assert(product_bits == hw::SigmoidTable::input_bits, "the sigmoid takes a gate product as it is");
    const std::int64_t silu = (gate * sigmoid_(gate) + (std::int64_t{1} << (score_bits - 1))) >> score_bits;
    const std::int64_t both = (silu * up + (std::int64_t{1} << (product_bits - 1))) >> product_bits;
    const std::int64_t inner = hw::Rescale(1 / std::ldexp(held_.inner_step[e], product_bits))(both);
    firing.payload.push_back(
        static_cast<std::uint32_t>(std::clamp(inner, -held_.inner_most, held_.inner_most)));
  }
}

void MoeValues::weigh(const hw::Core& core, const std::int32_t* sum, std::int32_t weight,
                      hw::Firing& firing) const {
  const int hidden = held_.layer.hidden;
  for (int i = 0; i < core.neurons; ++i) {
    const int neuron = core.first_neuron + i;
    const auto e = static_cast<std::size_t>(replicas_.replicas().expert_of(neuron / hidden));
    const auto& weights = held_.experts[e].down;
    const double scale = weights.scale[weights.block_of(neuron % hidden, 0)] * held_.inner_step[e];
    const std::int64_t value = scale > 0 ? hw::Rescale(std::ldexp(scale, output_bits))(sum[i]) : 0;
    firing.payload.push_back(
        static_cast<std::uint32_t>((value * weight + (std::int64_t{1} << (weight_bits - 1))) >> weight_bits));
  }
}

} // namespace moesaic::mappings
