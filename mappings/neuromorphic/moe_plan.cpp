#include "mappings/neuromorphic/moe_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/neuromorphic/chip_tree.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "mappings/neuromorphic/slices.hpp"

namespace moesaic::mappings {
namespace {

constexpr int least_payload_bits = 8;

int ceil_div(int a, int b) {
  return (a + b - 1) / b;
}

/// The rectangle of chips nearest to a square among those with the fewest spare chips, at most twice as wide
/// as high.
void choose_grid(MoePlan& plan, const hw::Chip& chip) {
  const int needed = plan.needed_chips();
  int best = std::numeric_limits<int>::max();
  for (int height = static_cast<int>(std::sqrt(needed)); height >= 1; --height) {
    const int width = ceil_div(needed, height);
    if (width > 2 * height && best != std::numeric_limits<int>::max())
      break;
    if (width * height < best) {
      best = width * height;
      plan.grid_width = width;
      plan.grid_height = height;
    }
  }
  if (!chip.tree.empty() && best > hw::most_chips(chip)) { // a grid of them is only drawn, and needs no spare ones
    plan.grid_width = needed;
    plan.grid_height = 1;
  }
}

/// Rooms for streamed experts: dealt out in turn to as few chips as hold them.
std::vector<std::int32_t> dealt_rooms(MoePlan& plan, int whole) {
  const int chips = ceil_div(plan.numbers(), whole);
  plan.rooms_per_chip = ceil_div(plan.numbers(), chips);
  std::vector<std::int32_t> rooms(static_cast<std::size_t>(chips * plan.rooms_per_chip), -1);
  for (int number = 0; number < plan.numbers(); ++number)
    rooms[static_cast<std::size_t>(number % chips * plan.rooms_per_chip + number / chips)] = number;
  return rooms;
}

/// Each replica's room, and the chips that the rooms take.
void choose_rooms(MoePlan& plan, const hw::Chip& chip, const workloads::MoeLayer& layer, const MoeOptions& options) {
  std::vector<std::int32_t> rooms = options.rooms;
  plan.rooms_per_chip = options.rooms_per_chip;
  const int whole = whole_experts(chip, layer, plan);
  if (rooms.empty() && plan.streamed && whole > 0) {
    rooms = dealt_rooms(plan, whole);
  } else if (rooms.empty()) {
    rooms.resize(static_cast<std::size_t>(plan.numbers()));
    std::iota(rooms.begin(), rooms.end(), 0);
  }
  plan.room.assign(static_cast<std::size_t>(plan.numbers()), -1);
  for (std::size_t i = 0; i < rooms.size(); ++i)
    if (rooms[i] >= 0)
      plan.room.at(static_cast<std::size_t>(rooms[i])) = static_cast<int>(i);
  if (std::find(plan.room.begin(), plan.room.end(), -1) != plan.room.end())
    throw InputError("a replica of an expert has no room");
  const auto count = static_cast<std::int64_t>(rooms.size());
  const std::int64_t per_chip = plan.rooms_per_chip, cores = count * plan.expert_cores();
  plan.expert_chips = static_cast<int>(per_chip > 0 ? (count + per_chip - 1) / per_chip : (cores + chip.cores - 1) / chip.cores);
}

constexpr std::int64_t most_replicas = 1 << 20;

Replicas replicas_of(const workloads::MoeLayer& layer, const MoeOptions& options) {
  const auto experts = static_cast<std::size_t>(layer.routed + layer.shared);
  Replicas replicas(options.replicas.empty() ? std::vector<std::int32_t>(experts, 1) : options.replicas);
  if (replicas.counts().size() != experts || replicas.numbers() > most_replicas)
    throw InputError(fmt::format("{} experts with {} replicas in all; {} has {} experts, and up to {} replicas are supported",
                                 replicas.counts().size(), replicas.numbers(), layer.name, experts, most_replicas));
  return replicas;
}

} // namespace

int whole_experts(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan) {
  const int by_cores = chip.cores / plan.expert_cores();
  if (!plan.streamed)
    return by_cores;
  double bytes = 0;
  const auto add = [&](int items, int slices, int rows, auto table) {
    for (int i = 0; i < slices; ++i) {
      const int n = slice_begin(items, slices, i + 1) - slice_begin(items, slices, i);
      bytes += static_cast<double>(rows * hw::row_bursts(chip, table(rows, n, true))) * chip.outer_memory->burst.value;
    }
  };
  add(layer.expert_ffn, plan.gate_up_cores, layer.hidden, gate_up_table);
  add(layer.hidden, plan.down_cores, layer.expert_ffn, down_table);
  return std::min(by_cores, static_cast<int>(std::min(chip.outer_memory->size.value / bytes, 1e6)));
}

MoePlan plan_moe(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoeOptions& options) {
  if (!chip.microcode || chip.payload_bits < least_payload_bits)
    throw InputError(fmt::format("a MoE layer on {} is not supported: {}", chip.title,
                                 chip.microcode
                                     ? "its spikes carry too few bits for activations"
                                 : chip.static_schedule
                                     ? "it runs one schedule for all data, as a chain of cards, for time and energy alone: "
                                       "no values, no placement"
                                     : "its neurons run no programs, so nothing can choose experts"));
  const int hidden = layer.hidden, width = layer.expert_ffn;
  MoePlan plan;
  plan.experts = layer.routed + layer.shared;
  plan.replicas = replicas_of(layer, options);
  plan.streamed = options.streamed;
  if (plan.streamed && !chip.outer_memory)
    throw InputError(fmt::format("streamed weights are not supported on {}: it has no memory outside its cores to stream "
                                 "them from (its description has no outer_memory)", chip.title));
  plan.rule = options.rule;
  plan.dispatch_cores = cores_for(hidden, "a relay", chip, [&](int n) {
    return core_fits(chip, {dispatch_table(0, n), gate_table(dispatch_stage - choice_stage)}, n, n);
  });
  plan.gate_up_cores = cores_for(width, "a pair of gate and up columns", chip,
                                 [&](int n) { return core_fits(chip, {gate_up_table(hidden, n, plan.streamed)}, n, n); });
  plan.down_cores = cores_for(hidden, "a down column", chip, [&](int n) {
    return core_fits(chip, {down_table(width, n, plan.streamed), gate_table(down_stage - choice_stage)}, n, n);
  });
  // The router and the source stand in every token's way and are small: spread them until a message costs as
  // much to take in as to work on.
  const int router_least = cores_for(layer.routed, "a router column", chip,
                                     [&](int n) { return core_fits(chip, {router_table(hidden, n)}, n, n); });
  plan.router_cores = std::max(router_least, std::min(layer.routed, ceil_div(layer.routed, 4)));
  plan.source_cores = plan.dispatch_cores * ceil_div(std::min(hidden, 64), plan.dispatch_cores);
  plan.hub_chips = ceil_div(plan.hub_cores(), chip.cores);
  choose_rooms(plan, chip, layer, options);
  choose_grid(plan, chip);
  if (const int most = hw::most_chips(chip); most > 0 && plan.needed_chips() > most)
    throw InputError(fmt::format("{} does not fit {}: {} chips needed, a system has at most {}: {} too many", layer.name,
                                 chip.title, plan.needed_chips(), most, plan.needed_chips() - most));
  return plan;
}

/// " below 9 + 1 switches", or nothing.
static std::string tree_text(const hw::Chip& chip, int chips) {
  const hw::noc::TreeShape shape = hw::tree_of(chip, chips);
  std::string text;
  for (int level = 1; level <= shape.levels(); ++level)
    text += fmt::format("{}{}", level == 1 ? " below " : " + ", shape.switches(level));
  return shape.empty() ? text : text + (shape.switches() == 1 ? " switch" : " switches");
}

std::string describe(const MoePlan& plan, const hw::Chip& chip, const workloads::MoeLayer& layer) {
  const std::string more =
      plan.replicas.any() ? fmt::format(" in {} replicas (rule {})", plan.numbers(),
                                        replica_rule_names()[static_cast<std::size_t>(plan.rule)])
                          : "";
  return fmt::format(
      "{}: {} chips of {} cores needed, {} in a grid of {} x {}{}: {} hub chips ({} source, {} router, 1 "
      "choice, "
      "{} dispatch, {} combine cores) and {} chips for {} experts{} of {} gate/up and {} down cores{}",
      layer.name, plan.needed_chips(), chip.cores, plan.chips(), plan.grid_width, plan.grid_height, tree_text(chip, plan.chips()),
      plan.hub_chips, plan.source_cores, plan.router_cores, plan.numbers() * plan.dispatch_cores,
      plan.down_cores, plan.expert_chips, plan.experts, more, plan.gate_up_cores, plan.down_cores,
      plan.streamed ? ", streamed from the chips' outer memories" : "");
}

} // namespace moesaic::mappings
