#include "sim/neuromorphic/placed_moe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/check/check_mapping.hpp"
#include "mappings/neuromorphic/balanced_experts.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "sim/machine/machine.hpp"
#include "sim/neuromorphic/step_waits.hpp"

namespace moesaic::sim {

Document neuromorphic_description(const std::string& machine) {
  Document document = machine_description(machine);
  const std::size_t kind = document.root().at("kind").choice({"neuromorphic", "associative", "gpu", "cpu"});
  if (kind == 1 || kind == 2)
    throw InputError(machine + ": a mapping with populations, sends and a grid of chips is for neuromorphic machines; one for this "
                               "machine states machine_kind (`moesaic map` writes it)");
  if (kind == 3)
    throw InputError(machine + ": placing and mapping files are not supported on CPUs");
  return document;
}

PlacedMoe lower_for_placement(const hw::Chip& chip, const workloads::MoeLayer& layer, std::uint64_t seed,
                              const mappings::MoeOptions& options) {
  PlacedMoe moe;
  moe.chip = chip;
  moe.layer = layer;
  moe.plan = mappings::plan_moe(moe.chip, layer, options);
  moe.program = mappings::make_moe_program(moe.chip, layer, moe.plan);
  moe.lowered = mappings::placement_of(moe.chip, moe.program);
  moe.floor = mappings::floor_of(moe.chip, moe.program, mappings::moe_stages);
  moe.traffic = traffic_of_tokens(
      moe, mappings::chosen_experts(layer, workloads::make_trace(layer, placement_tokens, seed)));
  return moe;
}

mappings::Traffic held_traffic(const PlacedMoe& moe, std::uint64_t seed) {
  return traffic_of_tokens(moe, mappings::chosen_experts(moe.layer, workloads::make_trace(moe.layer, held_tokens, seed + held_trace)));
}

PlacedMoe lower_balanced(const PlacedMoe& moe, std::uint64_t seed, const Redundancy& redundancy) {
  const std::vector<int> load = workloads::make_trace(moe.layer, balancing_tokens, seed).load();
  const int redundant = redundancy.experts < 0 ? (moe.layer.routed + 7) / 8 : redundancy.experts;
  PlacedMoe balanced = lower_for_placement(
      moe.chip, moe.layer, seed,
      mappings::balanced_experts(moe.chip, moe.layer, {load.begin(), load.end()}, redundant, redundancy.rule, moe.plan.streamed));
  balanced.small = moe.small;
  return balanced;
}

static std::vector<std::vector<std::int32_t>> served(const PlacedMoe& moe, const hw::Program& program,
                                                     const std::vector<std::vector<std::int32_t>>& experts) {
  return mappings::serving(mappings::replica_choice(moe.chip, moe.layer, moe.plan, program), experts);
}

mappings::Traffic traffic_of_tokens(const PlacedMoe& moe, const std::vector<std::vector<std::int32_t>>& experts) {
  return mappings::traffic_of(moe.chip, moe.program, mappings::moe_roles(moe.plan, moe.program),
                              served(moe, moe.program, experts));
}

std::vector<std::vector<std::int32_t>> measuring_tokens(const workloads::MoeLayer& layer, std::uint64_t seed,
                                                        int tokens) {
  return mappings::chosen_experts(layer, workloads::make_trace(layer, tokens, seed + other_trace));
}

std::vector<std::vector<std::int32_t>> choosing_tokens(const workloads::MoeLayer& layer, std::uint64_t seed, int tokens) {
  return mappings::chosen_experts(layer, workloads::make_trace(layer, tokens, seed + choosing_trace));
}

double SimulatedCost::value(mappings::Objective objective, int chips) const {
  return mappings::objective_value(objective, seconds, joules, chips);
}

SimulatedCost simulate_placement(const PlacedMoe& moe, const mappings::Placement& placement, std::uint64_t seed,
                                 int tokens) {
  return simulate_tokens(moe, placement, measuring_tokens(moe.layer, seed, tokens));
}

SimulatedCost simulate_tokens(const PlacedMoe& moe, const mappings::Placement& placement,
                              const std::vector<std::vector<std::int32_t>>& chosen) {
  hw::Program program = moe.program;
  mappings::place(moe.chip, placement, program);
  const auto tokens = static_cast<double>(chosen.size());
  SimulatedCost cost;
  StepWaits waits;
  for (const auto& token : served(moe, program, chosen)) {
    const std::vector<std::vector<std::int32_t>> one{token};
    hw::ScriptedActivity activity(program, one);
    const hw::SystemRun run = hw::run_system(moe.chip, program, Corner::nominal, activity, 1);
    hw::Ledger ledger;
    hw::enter_energy(ledger, moe.chip, program, run, run.seconds, run.seconds, run.seconds);
    for (const auto& line : ledger.lines())
      cost.joules += line.joules / tokens;
    cost.seconds += run.seconds / tokens;
    waits.add(run.steps);
  }
  const auto shares = waits.shares();
  const auto most = std::max_element(shares.begin(), shares.end(),
                                     [](const auto& one, const auto& other) { return one.second < other.second; });
  cost.bound = most->first;
  cost.bound_share = most->second;
  return cost;
}

mappings::Mapping load_valid_mapping(const std::string& file) {
  mappings::Mapping mapping = mappings::load_mapping(file);
  const hw::Chip chip = hw::load_chip(neuromorphic_description(mapping.machine));
  const auto layer = workloads::load_moe_layer(mapping.workload);
  const auto violations = mappings::check_mapping(mapping, chip, layer);
  if (!violations.empty())
    throw InputError(fmt::format("{}: the mapping is not valid ({} violations): {}", file, violations.size(),
                                 mappings::to_text(violations.front())));
  mapping.machine = chip.name;
  mapping.workload = layer.name;
  return mapping;
}

} // namespace moesaic::sim
