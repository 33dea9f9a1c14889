#include "mappings/neuromorphic/balanced_experts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/expert_balance.hpp"

namespace moesaic::mappings {

MoeOptions balanced_experts(const hw::Chip& chip, const workloads::MoeLayer& layer, const std::vector<double>& load,
                            int redundant, ReplicaRule rule, bool streamed) {
  if (static_cast<int>(load.size()) != layer.routed || redundant < 0)
    throw InputError(fmt::format("expert balance: {} loads and {} redundant experts for {} routed experts", load.size(),
                                 redundant, layer.routed));
  MoeOptions options;
  options.streamed = streamed;
  const int whole = whole_experts(chip, layer, plan_moe(chip, layer, options)), asked = layer.routed + redundant;
  const int chips = (asked + std::max(whole, 1) - 1) / std::max(whole, 1), per_chip = (asked + chips - 1) / chips;
  const auto balanced = workloads::balance_experts(load, chips * per_chip, 1, 1, chips);

  options.rule = rule;
  options.rooms_per_chip = whole > 0 ? per_chip : 0;
  options.replicas.assign(static_cast<std::size_t>(layer.routed + layer.shared), 1);
  std::copy(balanced.replica_count.begin(), balanced.replica_count.end(), options.replicas.begin());
  const Replicas replicas(options.replicas);
  for (int s = 0; s < layer.shared; ++s)
    options.rooms.push_back(layer.routed + s);
  while (whole > 0 && static_cast<int>(options.rooms.size()) % per_chip != 0)
    options.rooms.push_back(-1);
  std::vector<std::int32_t> met(load.size());
  for (const int expert : balanced.expert_of)
    options.rooms.push_back(static_cast<std::int32_t>(replicas.number_of(expert, met[static_cast<std::size_t>(expert)]++)));
  return options;
}

} // namespace moesaic::mappings
