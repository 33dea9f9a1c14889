#include "mappings/neuromorphic/nir_program.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/slices.hpp"

namespace moesaic::mappings {
namespace {

using workloads::NeuronModel;
using workloads::SynapseMatrix;

hw::Soma soma_of(NeuronModel model) {
  switch (model) {
  case NeuronModel::input:
    return hw::Soma::source;
  case NeuronModel::cuba_lif:
    return hw::Soma::cuba_lif;
  case NeuronModel::lif:
  case NeuronModel::integrate_fire:
  case NeuronModel::threshold:
    return hw::Soma::lif;
  default:
    return hw::Soma::integrator;
  }
}

/// The synapses of a connection onto neurons first .. first + count - 1, for all of its sources.
hw::SynapseTable table_of(const hw::Chip& chip, const workloads::NirConnection& c, int first, int count) {
  hw::SynapseTable table;
  table.rows = static_cast<int>(c.weight.cols());
  table.columns = count;
  table.delay = c.delay;
  table.weight_bits = std::min(chip.weight_bits, 8);
  auto rows = std::make_shared<hw::SparseRows>();
  rows->begin.push_back(0);
  for (int source = 0; source < table.rows; ++source) {
    for (SynapseMatrix::InnerIterator entry(c.weight, source); entry; ++entry)
      if (entry.row() >= first && entry.row() < first + count)
        rows->column.push_back(static_cast<std::uint16_t>(entry.row() - first));
    rows->begin.push_back(static_cast<std::uint32_t>(rows->column.size()));
  }
  const bool full = rows->column.size() == static_cast<std::size_t>(table.rows) * static_cast<std::size_t>(count);
  table.format = full && !chip.memory.crossbar ? hw::SynapseFormat::dense : hw::SynapseFormat::sparse;
  table.sparse = rows;
  return table;
}

class Lowering {
 public:
  Lowering(const hw::Chip& chip, const HeldNir& held) : chip_(chip), network_(held.network) {
    program_.name = "NIR network";
  }

  hw::Program lower() {
    for (int p = 0; p < static_cast<int>(network_.populations.size()); ++p)
      place(p);
    program_.chips = std::max(1, (static_cast<int>(program_.cores.size()) + chip_.cores - 1) / chip_.cores);
    program_.grid_height = 1;
    while (program_.chips % (program_.grid_height + 1) == 0 &&
           (program_.grid_height + 1) * (program_.grid_height + 1) <= program_.chips)
      ++program_.grid_height;
    program_.grid_width = program_.chips / program_.grid_height;
    for (auto& core : program_.cores)
      connect(core);
    hw::check(chip_, program_);
    return std::move(program_);
  }

 private:
  std::vector<hw::SynapseTable> tables_of(int p, int first, int count) const {
    std::vector<hw::SynapseTable> tables;
    for (const auto& c : network_.connections)
      if (c.to == p)
        tables.push_back(table_of(chip_, c, first, count));
    return tables;
  }

  int connections_from(int p) const {
    return static_cast<int>(std::count_if(network_.connections.begin(), network_.connections.end(),
                                          [p](const auto& c) { return c.from == p; }));
  }

  bool fits(int p, int cores) const {
    const int size = network_.populations[static_cast<std::size_t>(p)].size;
    for (int i = 0; i < cores; ++i) {
      const int first = slice_begin(size, cores, i), count = slice_begin(size, cores, i + 1) - first;
      if (!core_fits(chip_, tables_of(p, first, count), count, count * connections_from(p)))
        return false;
    }
    return true;
  }

  int cores_of(int p) const {
    const int size = network_.populations[static_cast<std::size_t>(p)].size;
    const int most = static_cast<int>(std::min(chip_.memory.neurons.value, 65535.0));
    int cores = (size + most - 1) / most;
    while (cores < size && !fits(p, cores))
      cores = std::min(size, cores + std::max(1, cores / 8));
    return cores; // where one neuron a core is too much, check() says what of it
  }

  void place(int p) {
    const auto& from = network_.populations[static_cast<std::size_t>(p)];
    hw::Population population;
    population.name = from.name;
    population.soma = soma_of(from.model);
    population.neurons = from.size;
    population.trigger = from.model == NeuronModel::input ? hw::never_triggered : hw::always_runs;
    population.first_core = static_cast<int>(program_.cores.size());
    population.cores = cores_of(p);
    for (int i = 0; i < population.cores; ++i) {
      hw::Core core;
      const int index = static_cast<int>(program_.cores.size());
      core.chip = index / chip_.cores;
      core.slot = index % chip_.cores;
      core.population = p;
      core.first_neuron = slice_begin(from.size, population.cores, i);
      core.neurons = slice_begin(from.size, population.cores, i + 1) - core.first_neuron;
      const auto tables = tables_of(p, core.first_neuron, core.neurons);
      core.first_table = static_cast<int>(program_.tables.size());
      core.tables = static_cast<int>(tables.size());
      program_.tables.insert(program_.tables.end(), tables.begin(), tables.end());
      program_.cores.push_back(core);
    }
    program_.populations.push_back(population);
    if (chip_.memory.crossbar)
      check_crossbar(p);
  }

  /// A crossbar's neuron has four weights, one for each type of axon.
  void check_crossbar(int p) const {
    std::vector<std::set<double>> values(static_cast<std::size_t>(network_.populations[static_cast<std::size_t>(p)].size));
    for (const auto& c : network_.connections)
      for (int source = 0; c.to == p && source < c.weight.outerSize(); ++source)
        for (SynapseMatrix::InnerIterator entry(c.weight, source); entry; ++entry)
          values[static_cast<std::size_t>(entry.row())].insert(entry.value());
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i].size() > 4)
        throw InputError(fmt::format("node '{}': neuron {} has {} different weights, {} holds 4 for each neuron: {} too many",
                                     network_.populations[static_cast<std::size_t>(p)].name, i, values[i].size(),
                                     chip_.title, values[i].size() - 4));
  }

  bool reaches(const hw::Core& from, const hw::SynapseTable& table) const {
    return table.sparse->begin[static_cast<std::size_t>(from.first_neuron + from.neurons)] >
           table.sparse->begin[static_cast<std::size_t>(from.first_neuron)];
  }

  /// One axon per neuron and connection, to the cores that hold synapses of this core's neurons.
  void connect(hw::Core& core) {
    core.first_axon = static_cast<int>(program_.axons.size());
    std::vector<int> port(network_.populations.size(), 0);
    for (const auto& c : network_.connections) {
      const int here = port[static_cast<std::size_t>(c.to)]++;
      if (c.from != core.population)
        continue;
      const hw::Population& to = program_.populations[static_cast<std::size_t>(c.to)];
      hw::Group group;
      for (int i = to.first_core; i < to.first_core + to.cores; ++i)
        if (reaches(core, program_.tables[static_cast<std::size_t>(program_.cores[static_cast<std::size_t>(i)].first_table + here)]))
          group.members.push_back(i);
      if (group.members.empty())
        continue;
      if (chip_.memory.crossbar && group.members.size() > 1)
        throw InputError(fmt::format("edge '{}' -> '{}': neurons reach {} cores, a neuron of {} reaches 1: {} too many",
                                     network_.populations[static_cast<std::size_t>(c.from)].name, to.name,
                                     group.members.size(), chip_.title, group.members.size() - 1));
      program_.axons.push_back({0, core.neurons, static_cast<int>(program_.groups.size()), here, core.first_neuron});
      program_.groups.push_back(std::move(group));
    }
    core.axons = static_cast<int>(program_.axons.size()) - core.first_axon;
  }

  const hw::Chip& chip_;
  const workloads::NirNetwork& network_;
  hw::Program program_;
};

} // namespace

hw::Program make_nir_program(const hw::Chip& chip, const HeldNir& held) {
  return Lowering(chip, held).lower();
}

} // namespace moesaic::mappings
