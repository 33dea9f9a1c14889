#include "mappings/neuromorphic/random_network.hpp"

#include <cmath>

namespace moesaic::mappings {

hw::Program make_random_network(const hw::Chip& chip, int neurons_per_core, int synapses,
                                std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](int n) {
    return static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(n));
  };
  hw::Program program;
  program.name = "random network";
  program.chips = program.grid_width = program.grid_height = 1;
  hw::Population population;
  population.name = "neurons";
  population.soma = hw::Soma::lif;
  population.cores = chip.cores;
  population.neurons = chip.cores * neurons_per_core;
  population.trigger = hw::always_runs;
  program.populations.push_back(population);
  // All cores share the shape of their rows: `synapses` columns out of the core's neurons, from a random
  // start.
  auto rows = std::make_shared<hw::SparseRows>();
  for (int r = 0; r <= neurons_per_core; ++r)
    rows->begin.push_back(static_cast<std::uint32_t>(r * synapses));
  for (int r = 0; r < neurons_per_core; ++r)
    for (int i = 0, start = below(neurons_per_core); i < synapses; ++i)
      rows->column.push_back(static_cast<std::uint16_t>((start + i) % neurons_per_core));
  for (int c = 0; c < chip.cores; ++c) {
    program.groups.push_back({{c}});
    hw::SynapseTable table;
    table.format = hw::SynapseFormat::sparse;
    table.rows = neurons_per_core;
    table.columns = neurons_per_core;
    table.weight_bits = 1;
    table.sparse = rows;
    program.tables.push_back(table);
    hw::Core core;
    core.slot = c;
    core.first_neuron = c * neurons_per_core;
    core.neurons = neurons_per_core;
    core.first_table = c;
    core.tables = 1;
    core.first_axon = c * neurons_per_core;
    core.axons = neurons_per_core;
    program.cores.push_back(core);
    for (int n = 0; n < neurons_per_core; ++n)
      program.axons.push_back({n, 1, below(chip.cores), 0, below(neurons_per_core)});
  }
  return program;
}

RateActivity::RateActivity(const hw::Program& program, double probability, std::uint64_t seed)
    : program_(program), threshold_(static_cast<std::uint64_t>(std::ldexp(probability, 63))), random_(seed) {}

void RateActivity::run(std::int32_t core, std::int64_t, hw::Firing& firing) {
  for (std::int32_t n = 0; n < program_.cores[static_cast<std::size_t>(core)].neurons; ++n)
    if ((random_() >> 1) < threshold_)
      firing.neuron.push_back(n);
}

} // namespace moesaic::mappings
