#include "sim/neuromorphic/record_pictures.hpp"

#include <algorithm>

#include "hw/neuromorphic/chip_tree.hpp"

namespace moesaic::sim {
namespace {

/// The busiest core of each router, in a picture of all routers of all chips.
results::HeatMap core_map(const hw::Chip& chip, const hw::Program& program, const hw::SystemRun& run) {
  results::HeatMap map{"core_load",      "Busy share of cores (busiest of each router)",
                       "share of time",  run.routers_across,
                       run.routers_down, {}};
  map.value.assign(static_cast<std::size_t>(map.width) * static_cast<std::size_t>(map.height), 0);
  for (std::size_t i = 0; i < program.cores.size(); ++i) {
    const hw::Core& core = program.cores[i];
    const int router = core.slot / chip.cores_per_router;
    const int x = core.chip % program.grid_width * chip.mesh_width + router % chip.mesh_width;
    const int y = core.chip / program.grid_width * chip.mesh_height + router / chip.mesh_width;
    double& cell = map.value[static_cast<std::size_t>(y) * static_cast<std::size_t>(map.width) +
                             static_cast<std::size_t>(x)];
    cell = std::max(cell, std::max(run.soma_share[i], run.synapse_share[i]));
  }
  return map;
}

/// A row for each level of the switches above the chips, the root's last.
results::HeatMap switch_map(const hw::noc::TreeShape& tree, const hw::SystemRun& run) {
  results::HeatMap map{"switch_load", "Load of the switches (busiest link of each; a row per level)",
                       "share of time", tree.switches(1), tree.levels(), {}};
  map.value.assign(static_cast<std::size_t>(map.width) * static_cast<std::size_t>(map.height), 0);
  for (int node = tree.chips(); node < tree.nodes(); ++node)
    map.value[static_cast<std::size_t>((tree.level_of(node) - 1) * map.width + tree.number_of(node))] =
        run.switch_share[static_cast<std::size_t>(node - tree.chips())];
  return map;
}

} // namespace

void record_pictures(const hw::Chip& chip, const hw::Program& program, const hw::SystemRun& run,
                     results::RunRecord& record) {
  record.heat_maps.push_back({"link_load", "Load of the mesh (busiest link of each router)", "share of time",
                              run.routers_across, run.routers_down, run.link_share});
  record.heat_maps.push_back(core_map(chip, program, run));
  if (!run.switch_share.empty())
    record.heat_maps.push_back(switch_map(hw::tree_of(chip, program.chips), run));
  results::Curve operations{"operations", "Synaptic operations over time", "s", "operations/s", {}, {}};
  results::Curve messages{"messages", "Messages taken in by cores over time", "s", "messages/s", {}, {}};
  for (const auto& step : run.steps) {
    const double start = static_cast<double>(step.start) * 1e-12;
    const double seconds = static_cast<double>(step.work + step.barrier) * 1e-12;
    for (const double at : {start, start + seconds}) {
      operations.x.push_back(at);
      operations.y.push_back(static_cast<double>(step.operations) / seconds);
      messages.x.push_back(at);
      messages.y.push_back(static_cast<double>(step.deliveries) / seconds);
    }
  }
  record.curves = {operations, messages};
}

} // namespace moesaic::sim
