#include "mappings/neuromorphic/moe_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"

namespace moesaic::mappings {
namespace {

int ceil_div(int a, int b) {
  return (a + b - 1) / b;
}

/// Whether a core with these tables, neurons and axons out fits.
bool fits(const hw::Chip& chip, const std::vector<hw::SynapseTable>& tables, int neurons, int axons) {
  hw::Program probe;
  probe.chips = 1;
  probe.populations.push_back({});
  probe.tables = tables;
  probe.axons.push_back({0, axons, 0, 0, 0});
  hw::Core core;
  core.neurons = neurons;
  core.tables = static_cast<int>(tables.size());
  core.axons = 1;
  probe.cores.push_back(core);
  hw::Chip single = chip;
  single.system_chips = 0;
  single.microcode = true;
  return hw::violations(single, probe).empty();
}

/// The largest slice of 1 .. items that fits a core, as the number of cores that `items` then take.
int cores_for(int items, const char* what, const hw::Chip& chip, const std::function<bool(int)>& slice_fits) {
  if (!slice_fits(1))
    throw InputError(fmt::format("{} of the layer does not fit a core of {} ({} of memory)", what, chip.title,
                                 format_quantity(chip.memory.size.value, "B")));
  int least = 1, most = items;
  while (least < most) {
    const int middle = least + (most - least + 1) / 2;
    (slice_fits(middle) ? least : most) = slice_fits(middle) ? middle : middle - 1;
  }
  return ceil_div(items, least);
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

int slice_begin(int items, int slices, int i) {
  return static_cast<int>(std::int64_t{items} * i / slices);
}

MoePlan plan_moe(const hw::Chip& chip, const workloads::MoeLayer& layer) {
  const int hidden = layer.hidden, width = layer.expert_ffn;
  MoePlan plan;
  plan.experts = layer.routed + layer.shared;
  plan.dispatch_cores = cores_for(hidden, "a relay", chip, [&](int n) {
    return fits(chip, {dispatch_table(0, n), gate_table(dispatch_stage - choice_stage)}, n, n);
  });
  plan.gate_up_cores = cores_for(width, "a pair of gate and up columns", chip,
                                 [&](int n) { return fits(chip, {gate_up_table(hidden, n)}, n, n); });
  plan.down_cores = cores_for(hidden, "a down column", chip, [&](int n) {
    return fits(chip, {down_table(width, n), gate_table(down_stage - choice_stage)}, n, n);
  });
  // The router and the source stand in every token's way and are small: spread them until a message costs as
  // much to take in as to work on.
  const int router_least = cores_for(layer.routed, "a router column", chip,
                                     [&](int n) { return fits(chip, {router_table(hidden, n)}, n, n); });
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
