// How many microcode instructions the neuron programs of a MoE layer take beyond a plain neuron update (read
// the accumulator, add, write the state). Nobody has published such programs; these counts are of
// straight-line code for a machine with add, multiply, shift, compare, select, load and store, one
// instruction each.
#pragma once

#include <cstdint>

#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// Sigmoid by a table with linear interpolation: clamp (2), index and fraction (2), two loads, subtract,
/// multiply, shift, add.
constexpr std::int32_t sigmoid_instructions = 10;
/// Join two planes (shift, add), rescale (multiply, shift), sigmoid.
constexpr std::int32_t router_instructions = 4 + sigmoid_instructions;
/// A logit that is passed on as it is.
constexpr std::int32_t logit_instructions = 4;
/// Emit the stored payload: load the slot of the delay line, test the gate.
constexpr std::int32_t relay_instructions = 2;
/// Rescale gate and up (4), sigmoid, gate * sigmoid (2), * up (2), rescale (2).
constexpr std::int32_t swiglu_instructions = 4 + sigmoid_instructions + 6;
/// Rescale (2), times router weight (2), load of the weight.
constexpr std::int32_t weighted_instructions = 5;

/// Choice over one core's neuron states, once per token: bias added and best two of each group kept (5 per
/// expert), groups ranked (3 per pair), best k of the kept groups' experts by insertion (2 per expert and
/// place), weights normalised (division of 20, multiply, shift for each). Softmax routers take an exponential
/// per expert they weigh.
std::int32_t choice_instructions(const workloads::RouterRule& rule, int experts);

/// The same without a branch on data, for one expert, whose core has heard all scores: bias added (1 per expert), best two
/// of each group kept (4 per expert), groups ranked (3 per pair), its own score compared with every other one (2 each),
/// and the weight kept or made zero (2).
std::int32_t rank_instructions(const workloads::RouterRule& rule, int experts);
/// An expert's gate once its core has heard all kept weights: summed (1 per expert), one division of 20, multiply, shift.
std::int32_t gate_instructions(int experts);

} // namespace moesaic::mappings
