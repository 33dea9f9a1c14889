#include "mappings/devices/card_mapping.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/expert_balance.hpp"

namespace moesaic::mappings {

using hw::associative::Description;
using workloads::MoeLayer;

namespace {

constexpr std::int32_t weight_bits = 8;

class Writer {
 public:
  Writer(const Description& d, const MoeLayer& layer, const CardOptions& options, const char* strategy)
      : d_(d), layer_(layer), level_(options.resident ? 1 : 4) {
    mapping_.kind = DeviceKind::associative;
    mapping_.workload = layer.name;
    mapping_.strategy = strategy;
    mapping_.chips = options.cards;
    mapping_.replicas.assign(static_cast<std::size_t>(layer.routed + layer.shared), 0);
    for (std::int32_t card = 0; card < options.cards; ++card)
      for (std::int32_t core = 0; core < d.cores; ++core)
        mapping_.cores.push_back({card, core});
  }

  /// One replica, cut evenly over `count` cores from `first` on.
  void add(std::int32_t expert, std::int32_t first, std::int32_t count) {
    const std::int32_t replica = mapping_.replicas[static_cast<std::size_t>(expert)]++;
    const std::int32_t part = (layer_.expert_ffn + count - 1) / count;
    for (std::int32_t c = 0; c < count; ++c) {
      const std::int32_t at = std::min(c * part, layer_.expert_ffn), width = std::min(part, layer_.expert_ffn - at);
      if (width > 0)
        add_part({expert, replica, first + c, level_, at, width}, layer_, weight_bits, mapping_);
    }
  }
  void add_on_card(std::int32_t expert, std::int32_t card) { add(expert, card * d_.cores, d_.cores); }
  DeviceMapping take() { return std::move(mapping_); }

 private:
  const Description& d_;
  const MoeLayer& layer_;
  std::int32_t level_;
  DeviceMapping mapping_;
};

} // namespace

DeviceMapping even_card_mapping(const Description& d, const MoeLayer& layer, const CardOptions& options) {
  Writer writer(d, layer, options, "even");
  const std::int32_t experts = layer.routed + layer.shared, each = (layer.routed + options.cards - 1) / options.cards;
  for (std::int32_t e = 0; e < experts; ++e)
    writer.add_on_card(e, e < layer.routed ? e / each : options.cards - 1);
  return writer.take();
}

DeviceMapping balanced_card_mapping(const Description& d, const MoeLayer& layer, const CardOptions& options,
                                    std::int32_t redundant, const std::vector<int>& load) {
  if ((layer.routed + redundant) % options.cards != 0)
    throw InputError(fmt::format("{} experts and replicas do not divide over {} cards", layer.routed + redundant, options.cards));
  Writer writer(d, layer, options, "eplb");
  const auto placement =
      workloads::balance_experts({load.begin(), load.end()}, layer.routed + redundant, 1, 1, options.cards);
  for (std::size_t r = 0; r < placement.expert_of.size(); ++r)
    writer.add_on_card(placement.expert_of[r], placement.device_of(static_cast<int>(r)));
  const auto loads = placement.device_load({load.begin(), load.end()});
  const auto least = std::min_element(loads.begin(), loads.end()) - loads.begin();
  for (std::int32_t s = 0; s < layer.shared; ++s)
    writer.add_on_card(layer.routed + s, static_cast<std::int32_t>(least));
  return writer.take();
}

DeviceMapping tensor_card_mapping(const Description& d, const MoeLayer& layer, const CardOptions& options) {
  Writer writer(d, layer, options, "tensor");
  for (std::int32_t e = 0; e < layer.routed + layer.shared; ++e)
    writer.add(e, 0, options.cards * d.cores);
  return writer.take();
}

DeviceMapping whole_card_mapping(const Description& d, const MoeLayer& layer, const CardOptions& options) {
  Writer writer(d, layer, options, "whole");
  for (std::int32_t e = 0; e < layer.routed + layer.shared; ++e)
    writer.add(e, e % (options.cards * d.cores), 1);
  return writer.take();
}

std::vector<associative::CardWork> card_work(const DeviceMapping& mapping, const Description& d, const MoeLayer& layer) {
  std::vector<associative::CardWork> cards(static_cast<std::size_t>(mapping.chips));
  for (auto& card : cards) {
    card.replicas.assign(mapping.replicas.begin(), mapping.replicas.end());
    card.cores.resize(static_cast<std::size_t>(d.cores));
  }
  for (const DevicePart& part : parts_of(mapping)) {
    const DeviceCore& at = mapping.cores[static_cast<std::size_t>(part.on)];
    auto& card = cards.at(static_cast<std::size_t>(at.chip));
    card.part = std::max(card.part, static_cast<int>(part.width));
    card.cores.at(static_cast<std::size_t>(at.core)).push_back({part.expert, part.replica, part.first, part.width, part.level == 1});
  }
  for (auto& card : cards)
    if (card.part == 0)
      card.part = (layer.expert_ffn + d.cores - 1) / d.cores;
  return cards;
}

} // namespace moesaic::mappings
