// How a MoE layer is cut to the cores of a neuromorphic chip: sizes only, no placement.
#pragma once

#include <string>
#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// Slices are balanced, see slice_begin.
struct MoePlan {
  int experts = 0;        ///< routed and shared
  int source_cores = 0;   ///< hold the hidden state's channels
  int router_cores = 0;   ///< hold all weights of some experts' scores, in two planes of int8
  int dispatch_cores = 0; ///< per expert: relays of the hidden state
  int gate_up_cores = 0;  ///< per expert: pairs of a gate and an up column over the full fan-in
  int down_cores = 0; ///< per expert: output columns over the expert's width; as many combine cores in all
  int hub_chips = 0, expert_chips = 0;
  int grid_width = 0, grid_height = 0; ///< of chips, hub and spare ones included

  int expert_cores() const { return gate_up_cores + down_cores; }
  int hub_cores() const { return source_cores + router_cores + 1 + experts * dispatch_cores + down_cores; }
  int needed_chips() const { return hub_chips + expert_chips; }
  int chips() const { return grid_width * grid_height; }
};

/// Throws InputError when a single slice of the layer does not fit a core, or the layer not a system.
MoePlan plan_moe(const hw::Chip& chip, const workloads::MoeLayer& layer);

/// The plan in words and numbers, for people.
std::string describe(const MoePlan& plan, const hw::Chip& chip, const workloads::MoeLayer& layer);

} // namespace moesaic::mappings
