#include "mappings/placement/neuromorphic_traffic.hpp"

#include <algorithm>
#include <map>

namespace moesaic::mappings {

namespace {

std::int64_t operations(const hw::SynapseTable& table) {
  switch (table.format) {
  case hw::SynapseFormat::dense:
    return table.columns;
  case hw::SynapseFormat::one_to_one:
    return 1;
  default:
    return table.rows > 0 && table.sparse
               ? static_cast<std::int64_t>(table.sparse->column.size()) / table.rows
               : 1;
  }
}

class Builder {
 public:
  Builder(const hw::Chip& chip, const hw::Program& program, const CoreRoles& roles,
          const std::vector<std::vector<std::int32_t>>& chosen)
      : chip_(chip), program_(program), roles_(roles), chosen_(chosen),
        tokens_(static_cast<int>(chosen.size())), active_(chosen.size()) {
    for (std::size_t t = 0; t < chosen.size(); ++t)
      for (const std::int32_t number : chosen[t]) {
        active_[t].resize(std::max(active_[t].size(), static_cast<std::size_t>(number) + 1));
        active_[t][static_cast<std::size_t>(number)] = true;
      }
  }

  Traffic build() {
    for (std::size_t c = 0; c < program_.cores.size(); ++c)
      traffic_.vertices.push_back(
          {roles_.cluster[c], hw::memory_use(chip_, program_, program_.cores[c]).total()});
    for (const hw::Group& group : program_.groups)
      traffic_.groups.push_back(group.members);
    traffic_.digest.resize(traffic_.groups.size());
    for (const hw::OwnRoute& route : program_.routes) {
      path_[{route.core, route.group}] = static_cast<std::int32_t>(traffic_.paths.size());
      traffic_.paths.push_back(route.links);
    }
    number_phases();
    for (std::size_t c = 0; c < program_.cores.size(); ++c)
      add_sends(static_cast<std::int32_t>(c));
    return std::move(traffic_);
  }

 private:
  const hw::Population& population(std::int32_t core) const {
    return program_
        .populations[static_cast<std::size_t>(program_.cores[static_cast<std::size_t>(core)].population)];
  }
  /// The replica for which alone an axon range speaks, or -1.
  std::int32_t number_of(std::int32_t core, const hw::AxonRange& range) const {
    if (population(core).soma == hw::Soma::top_k)
      return program_.cores[static_cast<std::size_t>(core)].first_neuron + range.first;
    return roles_.number[static_cast<std::size_t>(core)];
  }
  bool works(int token, std::int32_t number) const {
    const auto& active = active_[static_cast<std::size_t>(token)];
    return number < 0 ||
           (static_cast<std::size_t>(number) < active.size() && active[static_cast<std::size_t>(number)]);
  }

  /// A stage with senders that depend on the token has a phase for each token, others have one.
  void number_phases() {
    std::vector<bool> depends;
    for (std::size_t c = 0; c < program_.cores.size(); ++c) {
      const auto stage = static_cast<std::size_t>(population(static_cast<std::int32_t>(c)).stage);
      depends.resize(std::max(depends.size(), stage + 1));
      const hw::Core& core = program_.cores[c];
      for (std::int32_t a = core.first_axon; a < core.first_axon + core.axons; ++a)
        if (number_of(static_cast<std::int32_t>(c), program_.axons[static_cast<std::size_t>(a)]) >= 0)
          depends[stage] = true;
    }
    int next = 0;
    for (const bool each : depends) {
      first_phase_.push_back(next);
      const int phases = each ? tokens_ : 1;
      per_token_.push_back(each);
      traffic_.weight.insert(traffic_.weight.end(), static_cast<std::size_t>(phases), 1.0 / phases);
      next += phases;
    }
    traffic_.busy.assign(static_cast<std::size_t>(next), std::vector<double>(program_.cores.size()));
    if (hw::streams(program_))
      traffic_.fetched = traffic_.busy;
  }

  void add_sends(std::int32_t c) {
    const hw::Core& core = program_.cores[static_cast<std::size_t>(c)];
    const auto stage = static_cast<std::size_t>(population(c).stage);
    for (int token = 0; token < (per_token_[stage] ? tokens_ : 1); ++token) {
      const int phase = first_phase_[stage] + token;
      int messages = 0;
      const hw::Population& soma = population(c);
      const double visit = chip_.neuron_access.latency.value + chip_.neuron_update.latency.value +
                           soma.instructions * chip_.instruction.latency.value;
      const double start = soma.run_instructions * chip_.instruction.latency.value + visit;
      const double pace = std::max(visit + chip_.spike.latency.value, chip_.axon_out.latency.value);
      for (std::int32_t a = core.first_axon; a < core.first_axon + core.axons; ++a) {
        const hw::AxonRange& range = program_.axons[static_cast<std::size_t>(a)];
        if (!works(token, number_of(c, range)))
          continue;
        messages += range.count;
        double service = 0;
        const auto& members = program_.groups[static_cast<std::size_t>(range.group)].members;
        auto& digest = traffic_.digest[static_cast<std::size_t>(range.group)];
        digest.resize(members.size());
        for (std::size_t m = 0; m < members.size(); ++m) {
          digest[m] = take_in(phase, members[m], range);
          service = std::max(service, digest[m]);
        }
        const auto own = path_.find({c, range.group});
        traffic_.nets.push_back({c, range.group, phase, static_cast<double>(range.count), service, start, pace,
                                 own == path_.end() ? -1 : own->second});
      }
      if (messages > 0 || core.axons == 0)
        run_soma(phase, c, messages);
    }
  }

  /// Seconds of a member for each message.
  double take_in(int phase, std::int32_t member, const hw::AxonRange& range) {
    const hw::Core& core = program_.cores[static_cast<std::size_t>(member)];
    const hw::SynapseTable& table = program_.tables[static_cast<std::size_t>(core.first_table + range.port)];
    double operation = std::max(chip_.synapse(table.format).latency.value, chip_.dendrite.latency.value);
    const bool used_once = table.format == hw::SynapseFormat::dense || table.format == hw::SynapseFormat::sparse;
    if (used_once && chip_.weight_bandwidth)
      operation = std::max(operation, table.weight_bits / 8.0 / chip_.weight_bandwidth->value);
    double seconds = std::max(chip_.axon_in.latency.value, static_cast<double>(operations(table)) * operation);
    if (table.streamed) {
      const hw::OuterMemory& outer = *chip_.outer_memory;
      const double fetch = static_cast<double>(hw::row_bursts(chip_, table)) * outer.burst.value / outer.bandwidth.value;
      traffic_.fetched[static_cast<std::size_t>(phase)][static_cast<std::size_t>(member)] += range.count * fetch;
      seconds = std::max(seconds, fetch);
    }
    in_busy(phase, member, range.count * seconds);
    return seconds;
  }

  void run_soma(int phase, std::int32_t c, int messages) {
    const hw::Population& soma = population(c);
    const double neurons = program_.cores[static_cast<std::size_t>(c)].neurons;
    in_busy(phase, c,
            neurons * (chip_.neuron_access.latency.value + chip_.neuron_update.latency.value +
                       soma.instructions * chip_.instruction.latency.value) +
                soma.run_instructions * chip_.instruction.latency.value +
                messages * std::max(chip_.axon_out.latency.value, chip_.spike.latency.value));
  }

  void in_busy(int phase, std::int32_t core, double seconds) {
    traffic_.busy[static_cast<std::size_t>(phase)][static_cast<std::size_t>(core)] += seconds;
  }

  const hw::Chip& chip_;
  const hw::Program& program_;
  const CoreRoles& roles_;
  const std::vector<std::vector<std::int32_t>>& chosen_;
  int tokens_;
  std::vector<std::vector<bool>> active_;
  std::vector<int> first_phase_;
  std::vector<bool> per_token_;
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> path_; ///< of own routes, by core and group
  Traffic traffic_;
};

} // namespace

Traffic traffic_of(const hw::Chip& chip, const hw::Program& program, const CoreRoles& roles,
                   const std::vector<std::vector<std::int32_t>>& chosen) {
  return Builder(chip, program, roles, chosen).build();
}

Placement placement_of(const hw::Chip& chip, const hw::Program& program) {
  Placement placement;
  for (const hw::Core& core : program.cores)
    placement.push_back(core.chip * chip.cores + core.slot);
  return placement;
}

void place(const hw::Chip& chip, const Placement& placement, hw::Program& program) {
  for (std::size_t c = 0; c < placement.size(); ++c) {
    program.cores[c].chip = placement[c] / chip.cores;
    program.cores[c].slot = placement[c] % chip.cores;
  }
}

} // namespace moesaic::mappings
