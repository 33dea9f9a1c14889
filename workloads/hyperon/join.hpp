// Conjunctive queries on a processor with caches: a join variable by variable over sorted indexes, which meets the bound of
// the worst case. The honest baseline, and what says which answers are right.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "workloads/hyperon/index.hpp"
#include "workloads/hyperon/space.hpp"

namespace moesaic::workloads::hyperon {

/// In which order to bind the variables: from the fewest values on, each next one connected to those before where the query
/// allows, by what the facts lead to on average. A variable that is left out of the answers never comes first.
std::vector<int> variable_order(const Space& space, const Query& query);

/// Indexes for one query and one order of its variables. Building them is not part of answering.
class Join {
 public:
  Join(const Space& space, const Query& query, const std::vector<int>& order);
  Join(const Space& space, const Query& query) : Join(space, query, variable_order(space, query)) {}
  ~Join();
  Join(const Join&) = delete;

  /// How many answers there are.
  std::uint64_t count();
  /// All bindings of all variables, row by row: value i of a row is that of variable i; ascending in the order of the join.
  /// For queries whose head is whole.
  std::vector<Symbol> bindings();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether facts are there: queries without variables.
class PointQueries {
 public:
  explicit PointQueries(const Space& space);
  bool holds(int relation, const Symbol* fact) const;

 private:
  std::vector<SortedIndex> index_;
  std::vector<std::size_t> arity_;
};

} // namespace moesaic::workloads::hyperon
