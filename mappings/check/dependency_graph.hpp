// The channel dependency graph: which link a message can hold while it waits for which other one (Dally and
// Seitz 1987). No cycle, no deadlock.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

namespace moesaic::mappings {

class DependencyGraph {
 public:
  explicit DependencyGraph(int links) : next_(static_cast<std::size_t>(links)) {}

  /// A message holds `held` while it waits for `wanted`.
  void add(int held, int wanted) { next_[static_cast<std::size_t>(held)].insert(wanted); }
  /// Links of one cycle in the order in which they wait for each other; empty: there is none.
  std::vector<int> cycle() const;
  std::size_t dependencies() const;

 private:
  std::vector<std::set<int>> next_;
};

} // namespace moesaic::mappings
