#include "mappings/neuromorphic/moe_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "description/error.hpp"
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
void choose_grid(MoePlan& plan) {
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
}

} // namespace

MoePlan plan_moe(const hw::Chip& chip, const workloads::MoeLayer& layer) {
  if (!chip.microcode || chip.payload_bits < least_payload_bits)
    throw InputError(fmt::format("a MoE layer on {} is not supported: {}", chip.title,
                                 chip.microcode
                                     ? "its spikes carry too few bits for activations"
                                     : "its neurons run no programs, so nothing can choose experts"));
  const int hidden = layer.hidden, width = layer.expert_ffn;
  MoePlan plan;
  plan.experts = layer.routed + layer.shared;
  plan.dispatch_cores = cores_for(hidden, "a relay", chip, [&](int n) {
    return core_fits(chip, {dispatch_table(0, n), gate_table(dispatch_stage - choice_stage)}, n, n);
  });
  plan.gate_up_cores = cores_for(width, "a pair of gate and up columns", chip,
                                 [&](int n) { return core_fits(chip, {gate_up_table(hidden, n)}, n, n); });
  plan.down_cores = cores_for(hidden, "a down column", chip, [&](int n) {
    return core_fits(chip, {down_table(width, n), gate_table(down_stage - choice_stage)}, n, n);
  });
  // The router and the source stand in every token's way and are small: spread them until a message costs as
  // much to take in as to work on.
  const int router_least = cores_for(layer.routed, "a router column", chip,
                                     [&](int n) { return core_fits(chip, {router_table(hidden, n)}, n, n); });
  plan.router_cores = std::max(router_least, std::min(layer.routed, ceil_div(layer.routed, 4)));
  plan.source_cores = plan.dispatch_cores * ceil_div(std::min(hidden, 64), plan.dispatch_cores);
  plan.hub_chips = ceil_div(plan.hub_cores(), chip.cores);
  const std::int64_t expert_cores = std::int64_t{plan.experts} * plan.expert_cores();
  plan.expert_chips = static_cast<int>((expert_cores + chip.cores - 1) / chip.cores);
  choose_grid(plan);
  if (chip.system_chips > 0 && plan.needed_chips() > chip.system_chips)
    throw InputError(fmt::format("{} does not fit {}: {} chips needed, a system has at most {}: {} too many",
                                 layer.name, chip.title, plan.needed_chips(), chip.system_chips,
                                 plan.needed_chips() - chip.system_chips));
  return plan;
}

std::string describe(const MoePlan& plan, const hw::Chip& chip, const workloads::MoeLayer& layer) {
  return fmt::format(
      "{}: {} chips of {} cores needed, {} in a grid of {} x {}: {} hub chips ({} source, {} router, 1 "
      "choice, "
      "{} dispatch, {} combine cores) and {} chips for {} experts of {} gate/up and {} down cores",
      layer.name, plan.needed_chips(), chip.cores, plan.chips(), plan.grid_width, plan.grid_height,
      plan.hub_chips, plan.source_cores, plan.router_cores, plan.experts * plan.dispatch_cores,
      plan.down_cores, plan.expert_chips, plan.experts, plan.gate_up_cores, plan.down_cores);
}

} // namespace moesaic::mappings
