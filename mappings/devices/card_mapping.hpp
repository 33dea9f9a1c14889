// Mappings of MoE layers onto the cards of an associative machine: which inner units of which experts lie on which core,
// streamed from card memory or resident in L1.
#pragma once

#include <vector>

#include "mappings/associative/moe_work.hpp"
#include "mappings/devices/parts.hpp"

namespace moesaic::mappings {

/// How many cards, and where weights lie.
struct CardOptions {
  std::int32_t cards = 1;
  bool resident = false;
};

/// Every expert on one card, cut evenly over its cores; experts in order, equally many to each card, shared ones on the last.
/// On one card this is what the machine does without a mapping.
DeviceMapping even_card_mapping(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                                const CardOptions& options);

/// The same with `redundant` further replicas of routed experts, chosen and dealt to the cards by DeepSeek's load balancer for
/// these loads (tokens per routed expert). Throws InputError where the cards do not divide experts and replicas.
DeviceMapping balanced_card_mapping(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                                    const CardOptions& options, std::int32_t redundant, const std::vector<int>& load);

/// Every expert cut evenly over all cores of all cards.
DeviceMapping tensor_card_mapping(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                                  const CardOptions& options);

/// Every expert whole on one core, dealt to the cores in turn.
DeviceMapping whole_card_mapping(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                                 const CardOptions& options);

/// What each card works on. Slices refer to cores that exist; the rest need not be valid.
std::vector<associative::CardWork> card_work(const DeviceMapping& mapping, const hw::associative::Description& description,
                                             const workloads::MoeLayer& layer);

} // namespace moesaic::mappings
