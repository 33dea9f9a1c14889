// The router's part of an MoE layer's associative program.
#pragma once

#include "mappings/associative/builder.hpp"
#include "mappings/associative/moe_layout.hpp"

namespace moesaic::mappings::associative {

/// What stands where in L1: resident weights first.
struct MoeSlots {
  int resident = 0; ///< slots of resident weights
  int pattern = 0,
      pattern_count = 0; ///< all patterns; the router's first, then gate and up's, then down's, then groups
  int gate_up_pattern = 0, down_pattern = 0, group_pattern = 0;
  int weights = 0, scratch = 0, keys = 0;
  int accumulator = 0; ///< from here to the end
};
MoeSlots moe_slots(const MoeLayout& layout, int resident = 0);

/// vector `to` takes, in every sub-group of a column layout, the scalar of that sub-group's input;
/// `temporary` is used.
void spread_scalars(ProgramBuilder& b, const ColumnLayout& m, int pattern_slot, int to, int temporary);

/// Logits of all tokens, scores, and the choice of experts by associative search. All cores end with the same
/// choice.
void lower_router(const workloads::MoeLayer& layer, const MoeLayout& layout, const MoeSlots& slots,
                  int tokens, ProgramBuilder& b);

} // namespace moesaic::mappings::associative
