// Who works on what on the cards of an associative machine: an explicit value, which a mapping file can hold.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/associative/description.hpp"
#include "mappings/associative/moe_layout.hpp"
#include "workloads/routing.hpp"

namespace moesaic::mappings::associative {

/// A range of an expert's inner width on one core: its gate and up columns, and the down rows that take them.
struct MoeItem {
  int expert = 0;  ///< routed ones first, then shared ones
  int replica = 0; ///< of the expert
  int first = 0, width = 0;
  bool resident = false; ///< in the core's L1 before the layer begins; else streamed from card memory for each use
};

/// One card's part of a layer.
struct CardWork {
  int part = 0;                            ///< inner units of the widest item: all lie in columns for so many
  std::vector<int> replicas;               ///< of each expert, on all cards; they take turns
  std::vector<std::vector<MoeItem>> cores; ///< by core: in order of work
};

/// All experts on one card, each cut evenly over all its cores: what is done without a mapping.
CardWork even_work(const hw::associative::Description& description, const workloads::MoeLayer& layer);

/// The layout of the card's part.
MoeLayout work_layout(const hw::associative::Description& description, const workloads::MoeLayer& layer, const CardWork& work);

/// Slots of L1 that an item takes when it is resident.
int item_slots(const MoeLayout& layout);
/// Slots of L1 that the core with the most resident items gives to them.
int resident_slots(const MoeLayout& layout, const CardWork& work);

/// Of each token and choice (the routed ones, then one for each shared expert) the replica that serves it: replicas take
/// turns, token by token, beginning with replica 0. Tokens x (top_k + shared), row by row.
std::vector<int> replica_turns(const workloads::Routing& routing, int shared, const std::vector<int>& replicas);

/// The tokens that an item works for, ascending. `turns`: see replica_turns().
std::vector<int> item_tokens(const MoeItem& item, const workloads::Routing& routing, int shared, const std::vector<int>& turns);

} // namespace moesaic::mappings::associative
