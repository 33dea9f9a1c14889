// What a join prepares: an index for every clause in the order of the variables, and every variable's part in the clauses.
#pragma once

#include <vector>

#include "workloads/hyperon/index.hpp"
#include "workloads/hyperon/space.hpp"

namespace moesaic::workloads::hyperon {

inline constexpr std::size_t most_bit_words = 64;
inline constexpr std::size_t most_parts = 32; ///< a query has no more clauses

/// One variable's part in one clause: the field at `depth` of the clause's index.
struct Part {
  std::size_t clause = 0, depth = 0;
  bool last = false;   ///< no field of the clause comes later
  bool direct = false; ///< a value's rows are found without a search
  const SortedIndex* index = nullptr;
  const Symbol* column = nullptr;
  Rows* rows = nullptr; ///< what is left before the field is bound; behind it, after
};

struct JoinPlan {
  JoinPlan(const Space& space, const Query& query, const std::vector<int>& order);
  JoinPlan(const JoinPlan&) = delete;

  const Query query;
  std::vector<int> order;
  std::vector<SortedIndex> index;       ///< by clause
  std::vector<std::vector<Part>> level; ///< by place in the order
  std::vector<bool> dense;              ///< by place: at least two parts have bits
  std::vector<std::vector<Rows>> rows;  ///< by clause and depth: what is left before that field is bound
  std::size_t prefix = 0;               ///< leading variables of the order that are all in the head
  std::vector<int> rest;                ///< the head's other variables
  bool whole = true;                    ///< the head has all variables
  bool possible = true;                 ///< the clauses without variables hold

 private:
  void add_clause(const Space& space, std::size_t clause);
};

} // namespace moesaic::workloads::hyperon
