// The shape of a tree: chips as its leaves, in order, and switches above them, level by level up to one root.
#pragma once

#include <vector>

namespace moesaic::hw::noc {

/// Nodes are numbered: the chips 0 .. chips() - 1, then the switches, the lowest level first, each level in order. Neighbouring
/// chips have neighbouring numbers, and the last switches of a level may have fewer children than the others.
class TreeShape {
 public:
  TreeShape() = default; ///< no tree
  /// `radices`: children of a switch, of each level from the lowest; the last is the root's. Throws InputError where a
  /// radix is below 1, or where the root has not room for all `chips`.
  TreeShape(int chips, const std::vector<int>& radices);
  /// Chips that switches of these levels have room for, 0 for none; at most 2^30.
  static int room(const std::vector<int>& radices);
  /// Levels that it takes from the lowest to join `chips` chips, at least one. Expects room for them.
  static int levels_for(int chips, const std::vector<int>& radices);

  bool empty() const { return rows_.empty(); }
  int chips() const { return chips_; }
  int levels() const { return static_cast<int>(rows_.size()); }
  int switches() const { return empty() ? 0 : nodes() - chips_; }
  int switches(int level) const; ///< of a level, from 1
  int nodes() const { return nodes_; }
  int level_of(int node) const; ///< 0: a chip
  int number_of(int node) const; ///< within its level
  int radix(int node) const { return row(node).radix; } ///< of a switch, those without a child included
  int parent(int node) const; ///< or -1, of the root
  int child(int node, int k) const; ///< or -1 where a switch has no such child
  int child_number(int node) const; ///< which child of its parent
  /// Which child of a switch leads to a chip; -1: none, the way is up.
  int towards(int node, int chip) const;
  /// The level of the lowest switch above both chips; 0 where they are the same.
  int meet(int a, int b) const;
  /// How many of `count` > 1 neighbouring chips from `first` to cut off for two halves: nearly half of them, between
  /// switches of the highest level at which they can be parted.
  int half(int first, int count) const;

 private:
  struct Row {
    int radix, first, span; ///< first node; chips below one switch
  };
  const Row& row(int node) const { return rows_[static_cast<std::size_t>(level_of(node) - 1)]; }
  int chips_ = 0, nodes_ = 0;
  std::vector<Row> rows_; ///< the lowest level first
};

} // namespace moesaic::hw::noc
