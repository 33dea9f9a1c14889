// The steps of a plan: which fields of a clause are fixed, and which groups of facts it marks.
#pragma once

#include <optional>
#include <string>

#include "mappings/associative/hyperon/binding_table.hpp"
#include "mappings/associative/hyperon/match_plan.hpp"

namespace moesaic::mappings::associative {

class MatchSteps {
 public:
  using Table = std::optional<BindingTable>; ///< none: the last variable is not constrained

  explicit MatchSteps(const Space& space) : space_(space) {}

  /// The step for `clause`, its fields told apart: u, v, and those that are fixed.
  MatchStep step_for(const Clause& clause, const Query& part, int u, int v) const;
  /// The group whose fixed fields have the clause's constants and, for its variables, the values of `prefix`.
  MatchGroup group_for(const MatchStep& step, const Clause& clause, const Symbol* prefix) const;
  std::size_t fact_index(const MatchStep& step, const MatchGroup& group, Symbol u, Symbol v) const;
  /// One group for each prefix that both tables know; `rows` says what each marks.
  void make_groups(MatchStep& step, const Clause& clause, const Table& tu, const Table& tv, const BindingTable& rows) const;

 private:
  const workloads::hyperon::Relation& relation(const MatchStep& step) const;
  std::string text_of(const Clause& clause, const Query& part) const;

  const Space& space_;
};

} // namespace moesaic::mappings::associative
