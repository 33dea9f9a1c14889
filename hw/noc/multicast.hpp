// Multicast trees: each node says which ports of its router get a copy; children follow each other in port
// order.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "hw/noc/topology.hpp"

namespace moesaic::hw::noc {

/// Pairs of routers.
using Links = std::vector<std::pair<int, int>>;

class MulticastTrees {
 public:
  /// The union of the paths from `source`'s router to `destinations`, in dimension order and on a tree up and down. Returns the group's
  /// number. Throws InputError on a torus, an unknown endpoint, an empty or a repeating list.
  int add(const Topology& topology, int source, const std::vector<int>& destinations);
  /// The same along `links` (from one router to its neighbour, parents first) instead. Throws InputError also where they
  /// make no tree from the source's router, miss a destination, or end where there is none.
  int add(const Topology& topology, int source, const std::vector<int>& destinations, const Links& links);

  std::uint32_t root(int group) const { return groups_[static_cast<std::size_t>(group)].root; }
  int root_router(int group) const { return groups_[static_cast<std::size_t>(group)].router; }
  int destinations(int group) const { return groups_[static_cast<std::size_t>(group)].destinations; }
  int groups() const { return static_cast<int>(groups_.size()); }
  /// Bit p: the router's port p gets a copy.
  std::uint32_t ports(std::uint32_t node) const { return nodes_[node].ports; }
  /// The node of the router that direction `port` leads to.
  std::uint32_t child(std::uint32_t node, int port) const {
    const Node& parent = nodes_[node];
    return parent.first_child +
           static_cast<std::uint32_t>(__builtin_popcount(parent.ports & ((1u << port) - 1)));
  }
  /// Flits that one packet of one flit puts on links of each class, ejections being local links.
  std::vector<std::uint64_t> links(const Topology& topology, int group) const;

 private:
  int plant(const Topology& topology, int root, std::map<int, std::uint32_t> ports, const std::vector<int>& destinations);
  struct Node {
    std::uint32_t ports = 0, first_child = 0;
  };
  struct Group {
    std::uint32_t root;
    int router, destinations;
  };
  std::vector<Node> nodes_;
  std::vector<Group> groups_;
};

} // namespace moesaic::hw::noc
