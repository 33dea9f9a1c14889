// How a MoE layer is cut to the cores of a neuromorphic chip: sizes only, no placement.
#pragma once

#include <string>
#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "mappings/neuromorphic/replicas.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// What else is asked of a plan.
struct MoeOptions {
  std::vector<std::int32_t> replicas = {}; ///< of each expert, shared ones last; empty: one each
  ReplicaRule rule = ReplicaRule::round_robin;
  bool streamed = false; ///< experts' weights lie in the chips' outer memories, and are fetched for each use
  /// Rooms for experts along the chips, each with the number of a replica (as Replicas counts) or -1 for an empty one;
  /// empty: all, in the order of their numbers; streamed ones dealt out to the chips in turn, so that experts with
  /// neighbouring numbers share no memory.
  std::vector<std::int32_t> rooms = {};
  int rooms_per_chip = 0; ///< a chip has so many rooms; 0: rooms follow each other without regard to chips
};

/// Slices are balanced, see slice_begin.
struct MoePlan {
  int experts = 0;        ///< routed and shared
  Replicas replicas;      ///< of them
  ReplicaRule rule = ReplicaRule::round_robin;
  bool streamed = false;
  std::vector<int> room;  ///< of each replica, by its number
  int rooms_per_chip = 0; ///< as in MoeOptions
  int source_cores = 0;   ///< hold the hidden state's channels
  int router_cores = 0;   ///< hold all weights of some experts' scores, in two planes of int8
  int dispatch_cores = 0; ///< per replica: relays of the hidden state
  int gate_up_cores = 0;  ///< per replica: pairs of a gate and an up column over the full fan-in
  int down_cores = 0; ///< per replica: output columns over the expert's width; as many combine cores in all
  int hub_chips = 0, expert_chips = 0;
  int grid_width = 0, grid_height = 0; ///< of chips, hub and spare ones included

  int numbers() const { return static_cast<int>(replicas.numbers()); } ///< of replicas
  int expert_cores() const { return gate_up_cores + down_cores; }
  /// A replica's first core, counted along the chips of experts.
  int first_core(int number, int chip_cores) const {
    const int at = room[static_cast<std::size_t>(number)];
    return rooms_per_chip > 0 ? at / rooms_per_chip * chip_cores + at % rooms_per_chip * expert_cores() : at * expert_cores();
  }
  int hub_cores() const { return source_cores + router_cores + 1 + numbers() * dispatch_cores + down_cores; }
  int needed_chips() const { return hub_chips + expert_chips; }
  int chips() const { return grid_width * grid_height; }
};

/// Whole experts that a chip can hold, by its cores and, where they are streamed, its outer memory.
int whole_experts(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoePlan& plan);

/// Throws InputError when weights are to be streamed and the chip has no memory for it, when a single slice of the layer does not fit a core, or the layer not a system.
MoePlan plan_moe(const hw::Chip& chip, const workloads::MoeLayer& layer, const MoeOptions& options = {});

/// The plan in words and numbers, for people.
std::string describe(const MoePlan& plan, const hw::Chip& chip, const workloads::MoeLayer& layer);

} // namespace moesaic::mappings
