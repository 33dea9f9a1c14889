#include <algorithm>

#include "hw/neuromorphic/chip_tree.hpp"
#include "mappings/placement/neuromorphic_traffic.hpp"

namespace moesaic::mappings {

Floor floor_of(const hw::Chip& chip, const hw::Program& program, int steps) {
  Floor floor;
  floor.chips_across = program.grid_width;
  floor.chips_down = program.grid_height;
  floor.routers_across = chip.mesh_width;
  floor.routers_down = chip.mesh_height;
  floor.cores_per_router = chip.cores_per_router;
  floor.chip_cores = chip.cores;
  const double cycle = chip.network_cycle.value;
  floor.east_west = {cycle, chip.east_west.latency.value, chip.east_west.energy.value};
  floor.north_south = {cycle, chip.north_south.latency.value, chip.north_south.energy.value};
  const auto cost = [&](const hw::ChipLink& link) {
    return LinkCost{std::max(cycle, link.message.value / link.bandwidth.value), link.latency.value, link.energy.value, 0};
  };
  floor.tree = hw::tree_of(chip, program.chips);
  if (chip.tree.empty())
    floor.border = cost(chip.link);
  for (int level = 0; level < floor.tree.levels(); ++level) {
    const hw::SwitchLevel& one = chip.tree[static_cast<std::size_t>(level)];
    floor.tree_cost.push_back(cost(one.link));
    floor.tree_cost.back().buffer = one.buffer;
    floor.switch_watts += floor.tree.switches(level + 1) * one.static_power.value;
  }
  floor.gateway = program.chips > 1 ? hw::gateway_router(chip) : -1;
  floor.queue = chip.axon_in_queue;
  floor.buffer = chip.router_buffer;
  floor.chip_watts = chip.static_power.value + (hw::streams(program) ? chip.outer_memory->static_power.value : 0);
  floor.core_bytes = static_cast<std::int64_t>(chip.memory.size.value);
  floor.fixed_seconds =
      steps * hw::barrier_seconds(chip, {static_cast<double>(chip.tiles()), program.grid_width, program.grid_height}, Corner::nominal);
  return floor;
}

} // namespace moesaic::mappings
