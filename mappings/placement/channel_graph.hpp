// The channels that messages pass: links with the buffers at their ends, gateways, ways in and out of the network; and
// the trees of channels that each stream of messages takes.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

using Picoseconds = std::int64_t;

/// A link and the first-in first-out buffer at its end. Times in ps.
struct Channel {
  Picoseconds occupancy = 0;  ///< that a message keeps the link
  Picoseconds latency = 0;    ///< until a message may leave again
  Picoseconds back = 0;       ///< until room that was left is known at the near end
  int room = 0;               ///< messages in the buffer; 0: any number
  std::int32_t receiver = -1; ///< the vertex that takes in what comes; -1: it goes on
};

/// A channel in a tree and what follows it: `children` entries of ChannelGraph::children() from `first`.
struct RouteNode {
  std::int32_t channel = 0, first = 0, children = 0;
};

class ChannelGraph {
 public:
  /// The references must outlive the graph.
  ChannelGraph(const Traffic& traffic, const Floor& floor, const Placement& placement);

  /// The tree of a net's messages. Subtrees that trees have in common exist once. Returns its number.
  int add(const Net& net);
  /// Joins channels that follow each other in every tree: one buffer with the room of both. Call once, after add().
  void contract();

  const std::vector<Channel>& channels() const { return channels_; }
  const RouteNode& node(int i) const { return nodes_[static_cast<std::size_t>(i)]; }
  std::int32_t child(const RouteNode& node, int i) const { return children_[static_cast<std::size_t>(node.first + i)]; }
  /// The first node of the tree that add() returned as `tree`.
  int root(int tree) const { return roots_[static_cast<std::size_t>(tree)]; }

 private:
  struct Branches {
    std::int32_t first = 0, children = 0;
  };
  using Ends = std::vector<std::pair<int, std::int32_t>>; ///< router, node that begins there

  std::int32_t add_node(std::size_t key, const Channel& made, Branches branches);
  Branches segment(int router, const Ends& ends);
  Branches grow(int router, const Ends& ends);
  Branches own_path(const Net& net, int router);
  Branches from_home(std::int32_t group, int chip, int router);
  Branches between_gateways(std::int32_t group, int home);
  Branches on_chip(std::int32_t group, int chip);
  std::int32_t gateway_node(int chip, Branches branches);
  std::int32_t leaf(std::int32_t vertex);
  const std::vector<std::pair<int, std::int32_t>>& members(std::int32_t group);
  int slot_of(std::int32_t vertex) const { return placement_[static_cast<std::size_t>(vertex)]; }

  const Traffic& traffic_;
  const Floor& floor_;
  const Placement& placement_;
  RouteTree tree_;
  Picoseconds cycle_;
  std::vector<std::int32_t> channel_of_;      ///< by key: links, gateways, ways in, ways out; -1: not in use
  std::vector<std::int32_t> leaf_;            ///< by vertex, or -1
  std::vector<std::int32_t> at_, seen_, used_; ///< by router: position in the segment, and the last one through it
  std::int32_t segments_ = 0;
  std::vector<int> taken_; ///< links of the segment at hand
  std::vector<Channel> channels_;
  std::vector<RouteNode> nodes_;
  std::vector<std::int32_t> children_, roots_;
  std::map<std::int32_t, std::vector<std::pair<int, std::int32_t>>> members_; ///< by group: chip, vertex; ascending
  std::map<std::pair<std::int32_t, int>, Branches> home_, between_, local_;   ///< by group and router or chip
};

} // namespace moesaic::mappings
