// A Mixture-of-Experts layer as an associative program.
#pragma once

#include "mappings/associative/moe_layout.hpp"
#include "mappings/associative/program.hpp"
#include "workloads/routing.hpp"

namespace moesaic::mappings::associative {

/// The program for one batch. Weights are int8 and streamed from card memory once per pass over an expert's
/// tokens; router operands are 16 bits wide and summed in 48, so that the choice is exact for them. Every
/// core runs the same program on its part of the layer. Throws InputError where the layer's shape does not
/// fit the columns; check() finds the rest.
Program lower_moe(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                  const workloads::Routing& routing);

/// The same in passes over as many tokens as L1 has accumulators for, one after the other: no accumulator goes to
/// card memory, but an expert's weights are read again in every pass that has a token for it.
Program lower_moe_in_passes(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                            const workloads::Routing& routing);

/// Tokens of one expert that share one pass over its weights: as many as L1 has accumulators for.
int tokens_per_pass(const hw::associative::Description& description, const MoeLayout& layout);

} // namespace moesaic::mappings::associative
