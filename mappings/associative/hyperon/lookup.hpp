// Queries whose clauses are functions of what is bound: the bindings lie in columns, one in each, and every clause is one
// look-up for all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mappings/associative/program.hpp"
#include "workloads/hyperon/space.hpp"

namespace moesaic::mappings::associative {

using workloads::hyperon::Query;
using workloads::hyperon::Space;

/// One clause whose last field follows from the others.
struct LookupStep {
  std::string text;
  int relation = 0;
  std::vector<workloads::hyperon::Term> inputs; ///< fields but the last
  int output = 0;                               ///< variable of the last field
  bool bound = false;                           ///< it has a value already, with which the looked-up one must agree
  bool partial = false;                         ///< some inputs have no value
  std::vector<std::uint16_t> table;             ///< by index: the inputs side by side, the first highest; no_value where none
};
inline constexpr std::uint16_t no_value = 0xffff;

struct LookupPlan {
  int relation = 0;            ///< whose facts are the first bindings
  std::vector<int> variables;  ///< of its fields
  int index_bits = 0;          ///< of one input
  std::vector<LookupStep> steps;
  std::uint64_t answers = 0;   ///< by the indexed join
};

/// Nothing for a query of another kind: where no clause binds all that the others need, one is no function, or the inputs of one
/// take more than the 16 bits of a word.
std::optional<LookupPlan> plan_lookups(const Space& space, const Query& query);

/// The first bindings stand in L1, a slot a field and vector, dealt to the cores in equal parts; tables are streamed from L3.
/// Throws InputError where L1 or L3 is too small.
Program lower_lookups(const hw::associative::Description& description, const Space& space, const Query& query,
                      const LookupPlan& plan);

/// Runs that program with values; the number of answers.
std::uint64_t run_lookups(const hw::associative::Description& description, const Space& space, const LookupPlan& plan,
                          const Program& program);

} // namespace moesaic::mappings::associative
