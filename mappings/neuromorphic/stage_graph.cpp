#include "mappings/neuromorphic/stage_graph.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/slices.hpp"

namespace moesaic::mappings {
namespace {

hw::SynapseTable table_of(const StageInput& input, const std::vector<NeuronStage>& stages, int stage,
                          int first, int n) {
  hw::SynapseTable table;
  const NeuronStage& here = stages[static_cast<std::size_t>(stage)];
  table.delay = stage - input.from;
  table.columns = n;
  switch (input.kind) {
  case StageInput::dense:
    table.rows = stages[static_cast<std::size_t>(input.from)].neurons;
    table.columns = n * here.columns_per_neuron;
    break;
  case StageInput::one_to_one:
    table.format = hw::SynapseFormat::one_to_one;
    table.rows = n;
    table.first_row = first;
    table.weight_bits = 1;
    break;
  case StageInput::broadcast:
    table.rows = 1;
    table.weight_bits = 1;
    break;
  }
  return table;
}

std::vector<hw::SynapseTable> tables_of(const std::vector<NeuronStage>& stages, int stage, int first, int n) {
  std::vector<hw::SynapseTable> tables;
  for (const auto& input : stages[static_cast<std::size_t>(stage)].inputs)
    tables.push_back(table_of(input, stages, stage, first, n));
  return tables;
}

/// Consumers of a stage: each message goes to one group per consuming stage (one to one: per consuming core).
int consumers(const std::vector<NeuronStage>& stages, int stage) {
  int count = 0;
  for (const auto& other : stages)
    for (const auto& input : other.inputs)
      count += input.from == stage;
  return count;
}

void place(const hw::Chip& chip, hw::Program& program, const std::vector<NeuronStage>& stages) {
  std::vector<int> used(static_cast<std::size_t>(program.chips), 0);
  for (int s = 0; s < static_cast<int>(stages.size()); ++s) {
    const NeuronStage& stage = stages[static_cast<std::size_t>(s)];
    const int axons = std::max(1, consumers(stages, s));
    const int cores = cores_for(stage.neurons, stage.name.c_str(), chip, [&](int n) {
      return core_fits(chip, tables_of(stages, s, 0, n), n, n * axons);
    });
    hw::Population population;
    population.name = stage.name;
    population.soma = stage.inputs.empty() ? hw::Soma::source : hw::Soma::integrator;
    population.trigger =
        stage.inputs.empty() ? hw::never_triggered : static_cast<int>(stage.inputs.size()) - 1;
    population.stage = s;
    population.neurons = stage.neurons;
    population.instructions = stage.instructions;
    population.columns_per_neuron = stage.columns_per_neuron;
    population.first_core = static_cast<int>(program.cores.size());
    population.cores = cores;
    program.populations.push_back(population);
    int& slot = used[static_cast<std::size_t>(stage.chip)];
    for (int i = 0; i < cores; ++i) {
      const int first = slice_begin(stage.neurons, cores, i);
      hw::Core core;
      core.chip = stage.chip;
      core.slot = slot++;
      core.population = s;
      core.first_neuron = first;
      core.neurons = slice_begin(stage.neurons, cores, i + 1) - first;
      const auto tables = tables_of(stages, s, first, core.neurons);
      core.first_table = static_cast<int>(program.tables.size());
      core.tables = static_cast<int>(tables.size());
      program.tables.insert(program.tables.end(), tables.begin(), tables.end());
      program.cores.push_back(core);
    }
    if (slot > chip.cores)
      throw InputError(fmt::format("{} does not fit {}: stage '{}' needs {} cores more than chip {} has",
                                   program.name, chip.title, stage.name, slot - chip.cores, stage.chip));
  }
}

/// The axons of `core` to all consumers of its stage.
void connect(hw::Program& program, const std::vector<NeuronStage>& stages, hw::Core& core,
             std::vector<std::vector<int>>& groups) {
  core.first_axon = static_cast<int>(program.axons.size());
  for (std::size_t s = 0; s < stages.size(); ++s)
    for (std::size_t port = 0; port < stages[s].inputs.size(); ++port) {
      const StageInput& input = stages[s].inputs[port];
      if (input.from != core.population)
        continue;
      const hw::Population& to = program.populations[s];
      if (input.kind != StageInput::one_to_one) {
        program.axons.push_back({0, core.neurons, groups[s][0], static_cast<int>(port), core.first_neuron});
        continue;
      }
      for (int i = 0; i < to.cores; ++i) {
        const hw::Core& member = program.cores[static_cast<std::size_t>(to.first_core + i)];
        const int begin = std::max(core.first_neuron, member.first_neuron);
        const int end = std::min(core.first_neuron + core.neurons, member.first_neuron + member.neurons);
        if (begin < end)
          program.axons.push_back({begin - core.first_neuron, end - begin,
                                   groups[s][static_cast<std::size_t>(i) + 1], static_cast<int>(port),
                                   begin});
      }
    }
  core.axons = static_cast<int>(program.axons.size()) - core.first_axon;
}

} // namespace

hw::Program make_stage_program(const hw::Chip& chip, const std::string& name, int chips,
                               const std::vector<NeuronStage>& stages) {
  hw::Program program;
  program.name = name;
  program.chips = chips;
  program.grid_height = 1;
  while (chips % (program.grid_height + 1) == 0 &&
         (program.grid_height + 1) * (program.grid_height + 1) <= chips)
    ++program.grid_height;
  program.grid_width = chips / program.grid_height;
  place(chip, program, stages);
  std::vector<std::vector<int>> groups; // per stage: all its cores, then each alone
  for (const auto& population : program.populations) {
    std::vector<int> numbers{static_cast<int>(program.groups.size())};
    program.groups.push_back({});
    for (int i = 0; i < population.cores; ++i) {
      program.groups[static_cast<std::size_t>(numbers[0])].members.push_back(population.first_core + i);
      numbers.push_back(static_cast<int>(program.groups.size()));
      program.groups.push_back({{population.first_core + i}});
    }
    groups.push_back(numbers);
  }
  for (auto& core : program.cores)
    connect(program, stages, core, groups);
  return program;
}

} // namespace moesaic::mappings
