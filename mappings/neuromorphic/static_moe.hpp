// A MoE layer on chips that run one schedule for all data: every expert is computed for every token, and what was not
// chosen is weighted with zero. Cards stand in a chain and work like those of a decoder model (decoder_cards.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappings/neuromorphic/decoder_cards.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// An inner unit is a gate column, an up column and a down row: 3 x hidden weights in int8. A card holds so many units,
/// of whichever experts, and runs three products of any number of experts as two: all gate and up columns, whose results
/// are weighted with their experts' gates, then all down rows, which sums the experts.
struct StaticMoe {
  std::int64_t units = 0;              ///< of all experts, shared ones included
  int cards = 0;                       ///< in the chain
  int first_units = 0, card_units = 0; ///< of the first card, which holds the router too, and of each further one
  std::vector<ChipProduct> first, further; ///< products of the first card and of each further one, one after another
  /// Messages from card to card: the hidden state, the sum so far in the accumulator's bits, a gate per routed expert; and
  /// from the last one: the sum.
  std::int64_t hand_over = 0, last_hand_over = 0;

  std::int64_t messages() const { return (cards - 1) * hand_over + last_hand_over; }
};

/// As few cards as hold all weights. Throws InputError where not even one unit fits a card, or the chip chooses at run
/// time or cannot do arithmetic.
StaticMoe plan_static_moe(const hw::Chip& chip, const workloads::MoeLayer& layer);

/// Most that a core of the chip needs for these products together, bytes.
std::int64_t core_bytes(const hw::Chip& chip, const std::vector<ChipProduct>& products);

std::string describe(const StaticMoe& plan, const hw::Chip& chip, const workloads::MoeLayer& layer);

} // namespace moesaic::mappings
