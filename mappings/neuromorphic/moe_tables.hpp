// The synapse tables of a mapped MoE layer, and the time steps that each stage takes.
#pragma once

#include "hw/neuromorphic/program.hpp"

namespace moesaic::mappings {

/// Token t is worked on by each stage in time step t + stage.
enum Stage : int {
  source_stage,
  router_stage,
  choice_stage,
  dispatch_stage,
  gate_up_stage,
  down_stage,
  combine_stage
};
constexpr int moe_stages = combine_stage + 1;

/// Ports: 0 takes the stage's data, 1 the gate (dispatch) or the router's weight (down).
enum Port : int { data_port = 0, gate_port = 1 };

constexpr int router_planes = 2; ///< a router weight is 128 * high + low, two int8

hw::SynapseTable router_table(int hidden, int outputs);
hw::SynapseTable choice_table(int experts);
hw::SynapseTable dispatch_table(int first_channel, int channels);
/// Streamed: the weights lie in the chip's outer memory.
hw::SynapseTable gate_up_table(int hidden, int pairs, bool streamed);
hw::SynapseTable down_table(int width, int columns, bool streamed);
hw::SynapseTable combine_table(int channels);
/// One spike from the choice core, seen by the soma `delay` steps later.
hw::SynapseTable gate_table(int delay);

} // namespace moesaic::mappings
