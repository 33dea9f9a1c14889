// Queries whose clauses are functions of what is bound: each further clause is one look-up in a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workloads/hyperon/space.hpp"

namespace moesaic::workloads::hyperon {

/// One clause whose last field follows from the others.
struct LookupStep {
  std::string text;
  int relation = 0;
  std::vector<Term> inputs; ///< fields but the last
  int output = 0;           ///< variable of the last field
  bool bound = false;       ///< it has a value already, with which the looked-up one must agree
  bool partial = false;     ///< some inputs have no value
  std::vector<std::uint16_t> table; ///< by index: the inputs side by side, the first highest; no_value where none
};
inline constexpr std::uint16_t no_value = 0xffff;

struct LookupPlan {
  int relation = 0;           ///< whose facts are the first bindings
  std::vector<int> variables; ///< of its fields
  int index_bits = 0;         ///< of one input
  std::vector<LookupStep> steps;
};

/// Nothing for a query of another kind: where no clause binds all that the others need, one is no function, or the inputs of one
/// take more than 16 bits.
std::optional<LookupPlan> plan_lookups(const Space& space, const Query& query);

/// How many answers there are, by one pass over the first bindings.
std::uint64_t count_by_lookups(const Space& space, const LookupPlan& plan);

} // namespace moesaic::workloads::hyperon
