#include "workloads/expert_balance.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

namespace {

/// Where each item went: pack, and place within it.
struct Packing {
  std::vector<std::size_t> pack, place;
};

/// Heaviest item first into the lightest pack that has room; all packs hold equally many items.
Packing pack_evenly(const std::vector<double>& weight, std::size_t packs) {
  const std::size_t room = weight.size() / packs;
  std::vector<std::size_t> order(weight.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (room > 1) // with one item each, order stays
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return weight[a] > weight[b]; });
  Packing packing{std::vector<std::size_t>(weight.size()), std::vector<std::size_t>(weight.size())};
  std::vector<double> filled(packs);
  std::vector<std::size_t> items(packs);
  for (const std::size_t item : order) {
    std::size_t best = packs;
    for (std::size_t p = 0; p < packs; ++p) {
      if (items[p] == room)
        continue;
      if (best == packs || (room > 1 && filled[p] < filled[best]))
        best = p;
    }
    packing.pack[item] = best;
    packing.place[item] = items[best]++;
    filled[best] += weight[item];
  }
  return packing;
}

struct Replicas {
  std::vector<std::size_t> item_of; ///< per replica
  std::vector<int> count;           ///< per item
};

/// One replica each, then one more for whichever item has the largest share per replica.
Replicas replicate(const std::vector<double>& weight, std::size_t replicas) {
  Replicas r{std::vector<std::size_t>(weight.size()), std::vector<int>(weight.size(), 1)};
  std::iota(r.item_of.begin(), r.item_of.end(), std::size_t{0});
  while (r.item_of.size() < replicas) {
    std::size_t busiest = 0;
    for (std::size_t i = 1; i < weight.size(); ++i)
      if (weight[i] / r.count[i] > weight[busiest] / r.count[busiest])
        busiest = i;
    r.item_of.push_back(busiest);
    ++r.count[busiest];
  }
  return r;
}

void check(const std::vector<double>& load, int replicas, int groups, int nodes, int devices) {
  const auto experts = static_cast<int>(load.size());
  const auto refuse = [](const std::string& message) { throw InputError("expert balance: " + message); };
  if (experts == 0 || groups < 1 || nodes < 1 || devices < 1)
    refuse("experts, groups, nodes and devices must be at least 1");
  if (replicas < experts)
    refuse(fmt::format("{} replicas cannot hold {} experts", replicas, experts));
  if (replicas % devices != 0)
    refuse(fmt::format("{} replicas do not divide among {} devices", replicas, devices));
  if (experts % groups != 0)
    refuse(fmt::format("{} experts do not divide into {} groups", experts, groups));
  if (devices % nodes != 0)
    refuse(fmt::format("{} devices do not divide among {} nodes", devices, nodes));
  for (int e = 0; e < experts; ++e)
    if (!(load[static_cast<std::size_t>(e)] >= 0))
      refuse(fmt::format("the load of expert {} is below 0", e));
}

} // namespace

std::vector<double> ExpertPlacement::device_load(const std::vector<double>& load) const {
  std::vector<double> sum(static_cast<std::size_t>(devices));
  for (std::size_t r = 0; r < expert_of.size(); ++r) {
    const auto e = static_cast<std::size_t>(expert_of[r]);
    sum[static_cast<std::size_t>(device_of(static_cast<int>(r)))] += load[e] / replica_count[e];
  }
  return sum;
}

ExpertPlacement balance_experts(const std::vector<double>& load, int replicas, int groups, int nodes,
                                int devices) {
  check(load, replicas, groups, nodes, devices);
  if (groups % nodes != 0)
    groups = nodes = 1; // global
  const auto size = [](int n) { return static_cast<std::size_t>(n); };
  const std::size_t group_width = load.size() / size(groups), node_devices = size(devices / nodes);
  std::vector<double> group_load(size(groups));
  for (std::size_t e = 0; e < load.size(); ++e)
    group_load[e / group_width] += load[e];
  const Packing of_groups = pack_evenly(group_load, size(nodes));
  ExpertPlacement placement{devices, {}, std::vector<int>(load.size())};
  for (std::size_t node = 0; node < size(nodes); ++node) {
    std::vector<std::size_t> experts(load.size() / size(nodes)); // of this node, group by group
    for (std::size_t e = 0; e < load.size(); ++e) {
      const std::size_t g = e / group_width;
      if (of_groups.pack[g] == node)
        experts[of_groups.place[g] * group_width + e % group_width] = e;
    }
    std::vector<double> weight;
    for (const std::size_t e : experts)
      weight.push_back(load[e]);
    const Replicas r = replicate(weight, size(replicas / nodes));
    std::vector<double> share;
    for (const std::size_t i : r.item_of)
      share.push_back(weight[i] / r.count[i]);
    const Packing of_replicas = pack_evenly(share, node_devices);
    const std::size_t first = placement.expert_of.size(), per_device = share.size() / node_devices;
    placement.expert_of.resize(first + share.size());
    for (std::size_t i = 0; i < share.size(); ++i)
      placement.expert_of[first + of_replicas.pack[i] * per_device + of_replicas.place[i]] =
          static_cast<int>(experts[r.item_of[i]]);
    for (std::size_t i = 0; i < experts.size(); ++i)
      placement.replica_count[experts[i]] = r.count[i];
  }
  return placement;
}

ExpertPlacement contiguous_placement(int experts, int devices) {
  if (devices < 1 || experts % devices != 0)
    throw InputError(
        fmt::format("expert balance: {} experts do not divide among {} devices", experts, devices));
  ExpertPlacement placement{devices, std::vector<int>(static_cast<std::size_t>(experts)),
                            std::vector<int>(static_cast<std::size_t>(experts), 1)};
  std::iota(placement.expert_of.begin(), placement.expert_of.end(), 0);
  return placement;
}

int served_tokens(int tokens, int replicas, int replica) {
  return tokens / replicas + (replica < tokens % replicas ? 1 : 0);
}

} // namespace moesaic::workloads
