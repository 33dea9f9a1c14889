#include "mappings/format/moe_mapping.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings {

namespace {

/// Neurons that one replica of an expert has in a population; 0 where the population is of the hub.
std::int32_t neurons_per_replica(const MoePlan& plan, const hw::Program& program, std::int32_t population) {
  const bool of_experts = population == dispatch || population == gate_up || population == down;
  return of_experts ? program.populations[static_cast<std::size_t>(population)].neurons / plan.numbers() : 0;
}

/// The number of the replica that a core works for, or -1.
std::int32_t number_of(const MoePlan& plan, const hw::Program& program, const hw::Core& core) {
  const std::int32_t per = neurons_per_replica(plan, program, core.population);
  return per > 0 ? core.first_neuron / per : -1;
}

class Writer {
 public:
  Writer(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan,
         const hw::Program& program)
      : chip_(chip), layer_(layer), plan_(plan), program_(program) {}

  Mapping write() {
    mapping_.workload = layer_.name;
    mapping_.machine = chip_.name;
    mapping_.chips_across = program_.grid_width;
    mapping_.chips_down = program_.grid_height;
    mapping_.replicas = plan_.replicas.counts();
    mapping_.replica_rule = plan_.rule;
    mapping_.resident = !plan_.streamed;
    const CoreRoles roles = moe_roles(plan_, program_);
    for (std::size_t c = 0; c < program_.cores.size(); ++c)
      add_core(program_.cores[c], roles.cluster[c], roles.number[c]);
    for (std::size_t g = 0; g < program_.groups.size(); ++g)
      for (const std::int32_t core : program_.groups[g].members)
        mapping_.members.push_back({static_cast<std::int32_t>(g), core});
    return std::move(mapping_);
  }

 private:
  void add_core(const hw::Core& core, std::int32_t cluster, std::int32_t number) {
    const auto index = static_cast<std::int32_t>(mapping_.cores.size());
    const hw::Population& population = program_.populations[static_cast<std::size_t>(core.population)];
    const MappedPopulation mapped = describe(population.name, cluster, number);
    if (mapping_.populations.empty() || mapping_.populations.back().name != mapped.name)
      mapping_.populations.push_back(mapped);
    MappedCore made{core.chip,
                    core.slot,
                    static_cast<std::int32_t>(mapping_.populations.size()) - 1,
                    core.first_neuron,
                    core.neurons,
                    0,
                    0,
                    0};
    made.fan_in = static_cast<std::int32_t>(hw::fan_in(program_, core));
    for (std::int32_t a = core.first_axon; a < core.first_axon + core.axons; ++a)
      add_send(index, core, program_.axons[static_cast<std::size_t>(a)], population, number, made);
    made.bytes = static_cast<std::int32_t>(hw::memory_use(chip_, program_, core).total());
    mapping_.cores.push_back(made);
    if (number >= 0)
      add_slices(index, core, mapped.expert, mapped.replica);
  }

  MappedPopulation describe(const std::string& name, std::int32_t cluster, std::int32_t number) const {
    if (number < 0)
      return {name, cluster, -1};
    const std::int32_t expert = plan_.replicas.expert_of(number), replica = plan_.replicas.replica_of(number);
    const std::string more = replica > 0 ? fmt::format(" replica {}", replica) : "";
    return {fmt::format("{} {}{}", name, expert, more), cluster, expert, replica};
  }

  void add_send(std::int32_t index, const hw::Core& core, const hw::AxonRange& range,
                const hw::Population& population, std::int32_t number, MappedCore& made) {
    if (population.soma == hw::Soma::top_k)
      number = core.first_neuron + range.first;
    made.fan_out += range.count;
    mapping_.sends.push_back({index, range.group, population.stage, range.count, number + 1});
  }

  void add_slices(std::int32_t index, const hw::Core& core, std::int32_t expert, std::int32_t replica) {
    const std::int32_t first = core.first_neuron % neurons_per_replica(plan_, program_, core.population);
    const std::int32_t bits =
        core.tables > 0 ? program_.tables[static_cast<std::size_t>(core.first_table)].weight_bits : 0;
    const auto slice = [&](Projection projection, std::int32_t rows) {
      mapping_.slices.push_back(
          {expert, replica, static_cast<std::int32_t>(projection), 0, rows, first, core.neurons, bits, index});
    };
    if (core.population == gate_up) {
      slice(Projection::gate, layer_.hidden);
      slice(Projection::up, layer_.hidden);
    } else if (core.population == down) {
      slice(Projection::down, layer_.expert_ffn);
    }
  }

  const hw::Chip& chip_;
  const workloads::MoeLayer& layer_;
  const MoePlan& plan_;
  const hw::Program& program_;
  Mapping mapping_;
};

/// Routes of their own, along the mapping's hops.
std::vector<hw::OwnRoute> own_routes(const Mapping& mapping) {
  std::vector<hw::OwnRoute> routes;
  std::set<std::pair<std::int32_t, std::int32_t>> known; // core and group
  std::int32_t last = -1;
  for (std::size_t h = 0; h < mapping.hops.size(); ++h) {
    const Hop& hop = mapping.hops[h];
    const Send& send = mapping.sends[static_cast<std::size_t>(hop.send)];
    if (hop.send != last) {
      last = hop.send;
      if (!known.emplace(send.core, send.group).second)
        throw InputError(fmt::format("hops[{}]: send {} has a second route of core {} to group {}: such routes can be "
                                     "checked, but running them is not supported",
                                     h, hop.send, send.core, send.group));
      routes.push_back({send.core, send.group, {}});
    }
    routes.back().links.emplace_back(hop.from, hop.to);
  }
  return routes;
}

} // namespace

CoreRoles moe_roles(const MoePlan& plan, const hw::Program& program) {
  CoreRoles roles;
  for (const hw::Core& core : program.cores) {
    const std::int32_t number = number_of(plan, program, core);
    roles.number.push_back(number);
    roles.cluster.push_back(number < 0 ? 0 : 1 + number + (core.population == dispatch ? 0 : plan.numbers()));
  }
  return roles;
}

Mapping mapping_of(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan,
                   const hw::Program& program) {
  return Writer(chip, layer, plan, program).write();
}

MoePlan plan_of(const hw::Chip& chip, const workloads::MoeLayer& layer, const Mapping& mapping) {
  return plan_moe(chip, layer, {mapping.replicas, mapping.replica_rule, !mapping.resident});
}

hw::Program program_of(const hw::Chip& chip, const workloads::MoeLayer& layer, const Mapping& mapping) {
  const MoePlan plan = plan_of(chip, layer, mapping);
  hw::Program program = make_moe_program(chip, layer, plan);
  program.grid_width = mapping.chips_across;
  program.grid_height = mapping.chips_down;
  program.chips = mapping.chips_across * mapping.chips_down;
  for (std::size_t c = 0; c < std::min(program.cores.size(), mapping.cores.size()); ++c) {
    program.cores[c].chip = mapping.cores[c].chip;
    program.cores[c].slot = mapping.cores[c].core;
  }
  Mapping same = mapping_of(chip, layer, plan, program);
  same.strategy = mapping.strategy;
  same.objective = mapping.objective;
  same.seed = mapping.seed;
  same.workload = mapping.workload;
  same.machine = mapping.machine;
  same.hops = mapping.hops;
  const auto lines = difference(same, mapping, 3);
  if (!lines.empty())
    throw InputError(fmt::format("the mapping is not of {} on {}: {} (lowered | in the file)", layer.name,
                                 chip.name, fmt::join(lines, "; ")));
  program.routes = own_routes(mapping);
  return program;
}

} // namespace moesaic::mappings
