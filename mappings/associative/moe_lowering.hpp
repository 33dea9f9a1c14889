// A Mixture-of-Experts layer as an associative program.
#pragma once

#include "mappings/associative/moe_work.hpp"
#include "mappings/associative/program.hpp"
#include "workloads/routing.hpp"

namespace moesaic::mappings::associative {

/// What the cores of a card run: cores with the same work share a program.
struct CardProgram {
  std::vector<Program> programs;
  std::vector<std::size_t> of_core;
  const Program& core(std::size_t c) const { return programs[of_core[c]]; }
};

/// The programs of one card for one batch. Weights are int8; streamed ones come from card memory once per pass over an item's
/// tokens. Router operands are 16 bits wide and summed in 48, so that the choice is exact for them; every card chooses
/// for itself. Throws InputError where the layer's shape does not fit the columns; check() finds the rest.
CardProgram lower_moe(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                      const workloads::Routing& routing, const CardWork& work);

/// The same in passes over as many tokens as L1 has accumulators for, one after the other: no accumulator goes to
/// card memory, but an item's weights are read again in every pass that has a token for it.
CardProgram lower_moe_in_passes(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                                const workloads::Routing& routing, const CardWork& work);

/// Tokens of one item that share one pass over its weights: as many as L1 has accumulators for. Throws InputError where there
/// is room for none, with what is missing.
int tokens_per_pass(const hw::associative::Description& description, const MoeLayout& layout, int resident = 0);

} // namespace moesaic::mappings::associative
