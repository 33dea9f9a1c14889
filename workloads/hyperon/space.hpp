// A space of atoms as OpenCog Hyperon matches patterns in it: relations of fixed width over numbered symbols, and conjunctive
// queries with variables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace moesaic::workloads::hyperon {

using Symbol = std::uint32_t;

/// All facts of one name and width, each once, in ascending order.
struct Relation {
  std::string name;
  int arity = 2;
  std::vector<Symbol> facts; ///< facts x arity, row by row

  std::size_t size() const { return facts.size() / static_cast<std::size_t>(arity); }
  const Symbol* row(std::size_t i) const { return facts.data() + i * static_cast<std::size_t>(arity); }
  /// Sorts the rows and drops those that stand twice.
  void sort_unique();
  /// The number of the row that equals `fact`, or size() where there is none.
  std::size_t find(const Symbol* fact) const;
};

struct Space {
  Symbol symbols = 0; ///< they are 0 .. symbols - 1
  std::vector<Relation> relations;
};

/// A variable, or one symbol.
struct Term {
  bool variable = false;
  std::uint32_t value = 0; ///< number of the variable in its query, or the symbol
};

/// A pattern over one relation: matches the facts that agree in the constants, with one value for each variable.
struct Clause {
  int relation = 0; ///< of the space
  std::vector<Term> terms;

  bool has(int variable) const;
  std::vector<int> variables() const; ///< in the order of the fields
};

/// A conjunction of clauses. An answer is one value for each variable of `head`, such that the others have values with which
/// all clauses match; equal answers count once.
struct Query {
  std::string name, text;
  std::vector<std::string> variables; ///< in the order in which they first stand
  std::vector<Clause> clauses;
  std::vector<int> head; ///< ascending

  bool whole() const { return head.size() == variables.size(); } ///< no variable is left out of the answers
};

/// The clauses that have no variables but those of `order`, renumbered: variable i of the result is `order[i]`.
Query restricted(const Query& query, const std::vector<int>& order);

} // namespace moesaic::workloads::hyperon
