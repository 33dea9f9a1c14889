#include "mappings/neuromorphic/moe_program.hpp"

#include <algorithm>

#include "hw/neuromorphic/chip_tree.hpp"
#include "mappings/neuromorphic/chip_grid.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "mappings/neuromorphic/slices.hpp"
#include "mappings/neuromorphic/soma_instructions.hpp"

namespace moesaic::mappings {
namespace {

using hw::Soma;

/// Builds populations core by core; places come from the grid in the order in which cores are made.
class Builder {
 public:
  Builder(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan)
      : layer_(layer), plan_(plan), chip_cores_(chip.cores), grid_(chip, plan) {
    program_.name = layer.name;
    program_.chips = plan.chips();
    program_.grid_width = plan.grid_width;
    program_.grid_height = plan.grid_height;
  }

  hw::Program build() {
    make_cores();
    make_axons();
    return std::move(program_);
  }

 private:
  void make_cores();
  void make_axons();
  void population(const char* name, Soma soma, int stage, int neurons, int instructions, int columns = 1,
                  int trigger = data_port);
  void core(ChipGrid::Place place, int first_neuron, int neurons, std::vector<hw::SynapseTable> tables);
  int group(std::vector<std::int32_t> members);
  void axon(int core, hw::AxonRange range);
  int first_core(MoePopulation population, int index = 0) const {
    return program_.populations[static_cast<std::size_t>(population)].first_core + index;
  }
  std::vector<std::int32_t> cores_of(MoePopulation population, int expert, int per_expert) const;
  std::int32_t replica_choice() const;

  const workloads::MoeLayer& layer_;
  const MoePlan& plan_;
  int chip_cores_;
  ChipGrid grid_;
  hw::Program program_;
};

void Builder::population(const char* name, Soma soma, int stage, int neurons, int instructions, int columns,
                         int trigger) {
  hw::Population made;
  made.name = name;
  made.soma = soma;
  made.first_core = static_cast<std::int32_t>(program_.cores.size());
  made.neurons = neurons;
  made.stage = stage;
  made.instructions = instructions;
  made.columns_per_neuron = columns;
  made.trigger = trigger;
  program_.populations.push_back(made);
}

void Builder::core(ChipGrid::Place place, int first_neuron, int neurons,
                   std::vector<hw::SynapseTable> tables) {
  hw::Core made;
  made.chip = place.chip;
  made.slot = place.slot;
  made.population = static_cast<std::int32_t>(program_.populations.size()) - 1;
  made.first_neuron = first_neuron;
  made.neurons = neurons;
  made.first_table = static_cast<std::int32_t>(program_.tables.size());
  made.tables = static_cast<std::int32_t>(tables.size());
  program_.tables.insert(program_.tables.end(), tables.begin(), tables.end());
  program_.cores.push_back(made);
  ++program_.populations.back().cores;
}

void Builder::make_cores() {
  const int hidden = layer_.hidden, width = layer_.expert_ffn;
  const auto slices = [&](int items, int count, auto make) {
    for (int i = 0; i < count; ++i) {
      const int begin = slice_begin(items, count, i);
      make(begin, slice_begin(items, count, i + 1) - begin);
    }
  };
  population("sources", Soma::source, source_stage, hidden, 0, 1, hw::never_triggered);
  slices(hidden, plan_.source_cores, [&](int begin, int n) { core(grid_.hub(), begin, n, {}); });
  population("router", Soma::sigmoid, router_stage, layer_.routed,
             layer_.router.score == workloads::Score::sigmoid ? router_instructions : logit_instructions,
             router_planes);
  slices(layer_.routed, plan_.router_cores,
         [&](int begin, int n) { core(grid_.hub(), begin, n, {router_table(hidden, n)}); });
  population("choice", Soma::top_k, choice_stage, plan_.numbers(), 0);
  program_.populations.back().run_instructions = choice_instructions(layer_.router, layer_.routed) + replica_choice();
  core(grid_.hub(), 0, plan_.numbers(), {choice_table(layer_.routed)});
  population("dispatch", Soma::relay, dispatch_stage, plan_.numbers() * hidden, relay_instructions, 1,
             gate_port);
  for (int e = 0; e < plan_.numbers(); ++e)
    slices(hidden, plan_.dispatch_cores, [&](int begin, int n) {
      core(grid_.hub(), e * hidden + begin, n,
           {dispatch_table(begin, n), gate_table(dispatch_stage - choice_stage)});
    });
  population("gate_up", Soma::swiglu, gate_up_stage, plan_.numbers() * width, swiglu_instructions, 2);
  for (int e = 0; e < plan_.numbers(); ++e) {
    grid_.expert(plan_.first_core(e, chip_cores_));
    slices(width, plan_.gate_up_cores,
           [&](int begin, int n) { core(grid_.next(), e * width + begin, n, {gate_up_table(hidden, n, plan_.streamed)}); });
  }
  population("down", Soma::weighted, down_stage, plan_.numbers() * hidden, weighted_instructions);
  for (int e = 0; e < plan_.numbers(); ++e) {
    grid_.expert(plan_.first_core(e, chip_cores_) + plan_.gate_up_cores);
    slices(hidden, plan_.down_cores, [&](int begin, int n) {
      core(grid_.next(), e * hidden + begin, n,
           {down_table(width, n, plan_.streamed), gate_table(down_stage - choice_stage)});
    });
  }
  population("combine", Soma::integrator, combine_stage, hidden, 0);
  slices(hidden, plan_.down_cores,
         [&](int begin, int n) { core(grid_.hub(), begin, n, {combine_table(n)}); });
}

int Builder::group(std::vector<std::int32_t> members) {
  program_.groups.push_back({std::move(members)});
  return static_cast<int>(program_.groups.size()) - 1;
}

void Builder::axon(int core, hw::AxonRange range) {
  hw::Core& from = program_.cores[static_cast<std::size_t>(core)];
  if (from.axons == 0)
    from.first_axon = static_cast<std::int32_t>(program_.axons.size());
  program_.axons.push_back(range);
  ++from.axons;
}

std::vector<std::int32_t> Builder::cores_of(MoePopulation population, int expert, int per_expert) const {
  std::vector<std::int32_t> cores;
  for (int i = 0; i < per_expert; ++i)
    cores.push_back(first_core(population, expert * per_expert + i));
  return cores;
}

/// Instructions that choose replicas; each may span one chip more than it fills.
std::int32_t Builder::replica_choice() const {
  if (!plan_.replicas.any())
    return 0;
  const auto& counts = plan_.replicas.counts();
  return replica_instructions(plan_.rule, layer_.router.top_k + layer_.shared, *std::max_element(counts.begin(), counts.end()),
                              (plan_.expert_cores() + chip_cores_ - 1) / chip_cores_ + 1);
}

void Builder::make_axons() {
  const auto neurons = [&](int core) { return program_.cores[static_cast<std::size_t>(core)].neurons; };
  const auto first = [&](int core, int per) {
    return program_.cores[static_cast<std::size_t>(core)].first_neuron % per;
  };
  const int per_slice = plan_.source_cores / plan_.dispatch_cores;
  for (int slice = 0; slice < plan_.dispatch_cores; ++slice) {
    std::vector<std::int32_t> members = cores_of(router, 0, plan_.router_cores);
    for (int e = 0; e < plan_.numbers(); ++e)
      members.push_back(first_core(dispatch, e * plan_.dispatch_cores + slice));
    const int hidden_state = group(members);
    for (int i = slice * per_slice; i < (slice + 1) * per_slice; ++i)
      axon(first_core(sources, i), {0, neurons(first_core(sources, i)), hidden_state, data_port,
                                    first(first_core(sources, i), layer_.hidden)});
  }
  const int scores = group({first_core(choice)});
  for (int i = 0; i < plan_.router_cores; ++i)
    axon(first_core(router, i),
         {0, neurons(first_core(router, i)), scores, data_port, first(first_core(router, i), layer_.routed)});
  for (int e = 0; e < plan_.numbers(); ++e) {
    auto members = cores_of(dispatch, e, plan_.dispatch_cores);
    const auto downs = cores_of(down, e, plan_.down_cores);
    members.insert(members.end(), downs.begin(), downs.end());
    axon(first_core(choice), {e, 1, group(members), gate_port, 0});
  }
  for (int e = 0; e < plan_.numbers(); ++e) {
    const int to_gate_up = group(cores_of(gate_up, e, plan_.gate_up_cores));
    for (const int c : cores_of(dispatch, e, plan_.dispatch_cores))
      axon(c, {0, neurons(c), to_gate_up, data_port, first(c, layer_.hidden)});
    const int to_down = group(cores_of(down, e, plan_.down_cores));
    for (const int c : cores_of(gate_up, e, plan_.gate_up_cores))
      axon(c, {0, neurons(c), to_down, data_port, first(c, layer_.expert_ffn)});
  }
  for (int i = 0; i < plan_.down_cores; ++i) {
    const int to_combine = group({first_core(combine, i)});
    for (int e = 0; e < plan_.numbers(); ++e) {
      const int c = first_core(down, e * plan_.down_cores + i);
      axon(c, {0, neurons(c), to_combine, data_port, 0});
    }
  }
}

} // namespace

ReplicaPlaces replica_places(const hw::Chip& chip, const workloads::MoeLayer& layer, const hw::Program& program) {
  ReplicaPlaces places;
  const hw::Core& chooses =
      program.cores[static_cast<std::size_t>(program.populations[static_cast<std::size_t>(choice)].first_core)];
  for (const hw::Core& core : program.cores)
    if (core.population == gate_up || core.population == down)
      places.weights.push_back({core.first_neuron / (core.population == down ? layer.hidden : layer.expert_ffn), core.chip,
                                hw::links_between(chip, program.grid_width, program.grid_height, {core.chip, core.slot},
                                                  {chooses.chip, chooses.slot})});
  return places;
}

ReplicaChoice replica_choice(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan,
                             const hw::Program& program) {
  return {plan.replicas, plan.rule, replica_places(chip, layer, program)};
}

hw::Program make_moe_program(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan) {
  return Builder(chip, layer, plan).build();
}

std::vector<std::vector<std::int32_t>> chosen_experts(const workloads::MoeLayer& layer,
                                                      const workloads::Routing& routing) {
  std::vector<std::vector<std::int32_t>> chosen(static_cast<std::size_t>(routing.tokens));
  for (int t = 0; t < routing.tokens; ++t) {
    auto& of_token = chosen[static_cast<std::size_t>(t)];
    for (int i = 0; i < routing.top_k; ++i)
      if (routing.expert_of(t, i) >= 0)
        of_token.push_back(routing.expert_of(t, i));
    std::sort(of_token.begin(), of_token.end());
    for (int s = 0; s < layer.shared; ++s)
      of_token.push_back(layer.routed + s);
  }
  return chosen;
}

} // namespace moesaic::mappings
