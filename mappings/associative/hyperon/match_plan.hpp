// How an associative processor answers a conjunctive query variable by variable: each step binds the last two variables of a
// part of the query for all bindings of the variables before them at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/hyperon/space.hpp"

namespace moesaic::mappings::associative {

using workloads::hyperon::Clause;
using workloads::hyperon::Query;
using workloads::hyperon::Space;
using workloads::hyperon::Symbol;

/// One binding P of the variables before, with the values that the next two may take: marks the facts of the step's clause
/// whose field u is among `u` and whose field v among `v`.
struct MatchGroup {
  std::vector<Symbol> fixed;   ///< values of the clause's other fields, in the order of MatchStep::fixed_fields
  std::vector<Symbol> u, v;    ///< ascending; empty where the step leaves that field open
  std::vector<std::size_t> facts; ///< that are marked, as the indexed join knows: where they are read
};

struct MatchStep {
  enum class Kind {
    scan,    ///< the control processors read the facts of a relation as they lie in card memory
    match,   ///< masked searches for all groups
    product  ///< no clause joins the two variables: the control processors pair their values
  } kind = Kind::scan;
  std::string text;     ///< the clause, for people
  int relation = -1;    ///< of the space: scan, match
  int u_field = -1, v_field = -1;
  std::vector<int> fixed_fields;
  std::vector<MatchGroup> groups; ///< match
  bool read = false;     ///< the marked facts are read out; else counted
  bool distinct = false; ///< counted once for each value of v
  std::size_t results = 0; ///< bindings, or answers
  std::size_t work = 0;    ///< scan, product: rows that the control processors go through

  std::size_t searches() const;
};

struct MatchPlan {
  std::vector<int> order;       ///< of the query's variables
  std::vector<MatchStep> steps; ///< the last one gives the answers
  std::uint64_t answers = 0;
};

/// Throws InputError, "not supported: ...", for a query that this way of matching does not reach: two clauses over
/// the same last variables, a part that is not connected, or answers that leave out other variables than one that can be second
/// last.
MatchPlan plan_match(const Space& space, const Query& query);

} // namespace moesaic::mappings::associative
