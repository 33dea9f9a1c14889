#include "mappings/neuromorphic/nir_program.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/nir_tables.hpp"
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

class Lowering {
 public:
  Lowering(const hw::Chip& chip, const HeldNir& held) : chip_(chip), held_(held), network_(held.network) {
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
  ConnectionOrder order(std::size_t c) const {
    return {held_.order[static_cast<std::size_t>(network_.connections[c].from)],
            held_.order[static_cast<std::size_t>(network_.connections[c].to)]};
  }

  int connections_from(int p) const {
    return static_cast<int>(std::count_if(network_.connections.begin(), network_.connections.end(),
                                          [p](const auto& c) { return c.from == p; }));
  }

  bool fits(int p, int cores, const std::vector<std::vector<std::size_t>>& before) const {
    const int size = network_.populations[static_cast<std::size_t>(p)].size;
    for (int i = 0; i < cores; ++i) {
      const int first = slice_begin(size, cores, i), end = slice_begin(size, cores, i + 1);
      std::vector<hw::SynapseTable> tables;
      for (std::size_t c = 0; c < network_.connections.size(); ++c)
        if (network_.connections[c].to == p)
          tables.push_back(unfilled_table(chip_, network_.connections[c], order(c), first, end, before[c]));
      if (!core_fits(chip_, tables, end - first, (end - first) * connections_from(p)))
        return false;
    }
    return true;
  }

  int cores_of(int p, const std::vector<std::vector<std::size_t>>& before) const {
    const int size = network_.populations[static_cast<std::size_t>(p)].size;
    const int most = static_cast<int>(std::min(chip_.memory.neurons.value, 65535.0));
    int cores = (size + most - 1) / most;
    while (cores < size && !fits(p, cores, before))
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
    std::vector<std::vector<std::size_t>> before(network_.connections.size());
    for (std::size_t c = 0; c < before.size(); ++c)
      if (network_.connections[c].to == p)
        before[c] = synapses_before(network_.connections[c], order(c));
    population.cores = cores_of(p, before);
    std::vector<int> begin;
    for (int i = 0; i <= population.cores; ++i)
      begin.push_back(slice_begin(from.size, population.cores, i));
    std::vector<std::vector<hw::SynapseTable>> tables; // by connection, core
    for (std::size_t c = 0; c < before.size(); ++c)
      if (network_.connections[c].to == p)
        tables.push_back(filled_tables(chip_, network_.connections[c], held_.step[c], order(c), begin, before[c]));
    for (int i = 0; i < population.cores; ++i) {
      hw::Core core;
      const int index = static_cast<int>(program_.cores.size());
      core.chip = index / chip_.cores;
      core.slot = index % chip_.cores;
      core.population = p;
      core.first_neuron = begin[static_cast<std::size_t>(i)];
      core.neurons = begin[static_cast<std::size_t>(i) + 1] - core.first_neuron;
      core.first_table = static_cast<int>(program_.tables.size());
      core.tables = static_cast<int>(tables.size());
      for (auto& connection : tables)
        program_.tables.push_back(std::move(connection[static_cast<std::size_t>(i)]));
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

  /// The cores of `to` that hold synapses of the source at `place` behind port `port`.
  std::vector<std::int32_t> reached(int place, const hw::Population& to, int port) const {
    std::vector<std::int32_t> cores;
    for (int i = to.first_core; i < to.first_core + to.cores; ++i) {
      const int table = program_.cores[static_cast<std::size_t>(i)].first_table + port;
      if (program_.tables[static_cast<std::size_t>(table)].sparse->operations(static_cast<std::size_t>(place)) > 0)
        cores.push_back(i);
    }
    return cores;
  }

  /// Neighbouring neurons that reach the same cores share an axon range and a group.
  void connect_to(hw::Core& core, const hw::Population& to, int port) {
    std::map<std::vector<std::int32_t>, std::int32_t> groups;
    std::int32_t last = -1;
    for (int n = 0; n < core.neurons; ++n) {
      std::vector<std::int32_t> members = reached(core.first_neuron + n, to, port);
      if (members.empty()) {
        last = -1;
        continue;
      }
      if (chip_.memory.crossbar && members.size() > 1)
        throw InputError(fmt::format("edge '{}' -> '{}': neurons reach {} cores, a neuron of {} reaches 1: {} too many",
                                     program_.populations[static_cast<std::size_t>(core.population)].name, to.name,
                                     members.size(), chip_.title, members.size() - 1));
      const auto [found, fresh] = groups.emplace(std::move(members), static_cast<std::int32_t>(program_.groups.size()));
      if (fresh)
        program_.groups.push_back({found->first});
      if (found->second == last)
        ++program_.axons.back().count;
      else
        program_.axons.push_back({n, 1, found->second, port, core.first_neuron + n});
      last = found->second;
    }
  }

  /// One message per spike and connection, to the cores that hold synapses of that neuron.
  void connect(hw::Core& core) {
    core.first_axon = static_cast<int>(program_.axons.size());
    std::vector<int> port(network_.populations.size(), 0);
    for (const auto& c : network_.connections) {
      const int here = port[static_cast<std::size_t>(c.to)]++;
      if (c.from == core.population)
        connect_to(core, program_.populations[static_cast<std::size_t>(c.to)], here);
    }
    core.axons = static_cast<int>(program_.axons.size()) - core.first_axon;
    std::stable_sort(program_.axons.begin() + core.first_axon, program_.axons.end(),
                     [](const hw::AxonRange& a, const hw::AxonRange& b) { return a.first < b.first; });
  }

  const hw::Chip& chip_;
  const HeldNir& held_;
  const workloads::NirNetwork& network_;
  hw::Program program_;
};

} // namespace

hw::Program make_nir_program(const hw::Chip& chip, const HeldNir& held) {
  return Lowering(chip, held).lower();
}

} // namespace moesaic::mappings
