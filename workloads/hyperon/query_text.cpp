// Queries as text: (relation term term ...), where $name is a variable and a number a symbol.
#include <algorithm>
#include <cctype>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/hyperon/workload.hpp"

namespace moesaic::workloads::hyperon {

namespace {

constexpr std::size_t most_clauses = 32, most_variables = 16;

int width_of(const RelationPlan& plan) {
  switch (plan.generator) {
  case Generator::sample: return 1;
  case Generator::random_tuples: return plan.arity;
  case Generator::table: return unary(plan.function) ? 2 : 3;
  default: return 2;
  }
}

/// The texts between brackets.
std::vector<std::string> split_clauses(const std::string& text) {
  std::vector<std::string> clauses;
  for (std::size_t at = 0; at < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[at]))) {
      ++at;
      continue;
    }
    const std::size_t end = text.find_first_of("()", at + 1);
    if (text[at] != '(' || end == std::string::npos || text[end] != ')')
      throw InputError(fmt::format("expected clauses like (edge $x $y), found '{}'", text.substr(at)));
    clauses.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return clauses;
}

int variable_number(const std::string& word, Query& query) {
  auto& names = query.variables;
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end())
    return static_cast<int>(found - names.begin());
  names.push_back(word);
  return static_cast<int>(names.size()) - 1;
}

Term read_term(const std::string& word, const std::string& clause, Symbol symbols, Query& query) {
  if (word[0] == '$' && word.size() > 1)
    return {true, static_cast<std::uint32_t>(variable_number(word, query))};
  const bool number = std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c); });
  if (!number || word.size() > 9)
    throw InputError(fmt::format("({}): '{}' is neither a variable like $x nor the number of a symbol", clause, word));
  const unsigned long symbol = std::stoul(word);
  if (symbol >= symbols)
    throw InputError(fmt::format("({}): there is no symbol {}: they are 0 to {}", clause, symbol, symbols - 1));
  return {false, static_cast<std::uint32_t>(symbol)};
}

Clause read_clause(const std::string& text, const std::vector<RelationPlan>& relations, Symbol symbols, Query& query) {
  std::istringstream words(text);
  std::string word;
  words >> word;
  Clause clause;
  std::vector<std::string> known;
  for (const auto& relation : relations)
    known.push_back(relation.name);
  const auto found = std::find(known.begin(), known.end(), word);
  if (found == known.end())
    throw InputError(fmt::format("({}): unknown relation '{}'{}", text, word, suggestion(word, known)));
  clause.relation = static_cast<int>(found - known.begin());
  while (words >> word) {
    const Term term = read_term(word, text, symbols, query);
    if (term.variable && clause.has(static_cast<int>(term.value)))
      throw InputError(fmt::format("({}): {} stands twice in one clause, which is not supported", text, word));
    clause.terms.push_back(term);
  }
  const int width = width_of(relations[static_cast<std::size_t>(clause.relation)]);
  if (clause.terms.size() != static_cast<std::size_t>(width))
    throw InputError(fmt::format("({}): {} has {} fields, {} given", text, *found, width, clause.terms.size()));
  return clause;
}

void read_head(const std::string& text, Query& query) {
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    const auto found = std::find(query.variables.begin(), query.variables.end(), word);
    if (found == query.variables.end())
      throw InputError(fmt::format("answers: {} is in no clause{}", word, suggestion(word, query.variables)));
    query.head.push_back(static_cast<int>(found - query.variables.begin()));
  }
  std::sort(query.head.begin(), query.head.end());
  query.head.erase(std::unique(query.head.begin(), query.head.end()), query.head.end());
  if (query.head.empty()) {
    query.head.resize(query.variables.size());
    std::iota(query.head.begin(), query.head.end(), 0);
  }
}

} // namespace

Query parse_query(const std::string& name, const std::string& text, const std::string& head,
                  const std::vector<RelationPlan>& relations, Symbol symbols) {
  Query query;
  query.name = name;
  query.text = text;
  for (const auto& clause : split_clauses(text))
    query.clauses.push_back(read_clause(clause, relations, symbols, query));
  if (query.clauses.empty() || query.variables.empty())
    throw InputError("a query has at least one clause and one variable");
  if (query.clauses.size() > most_clauses || query.variables.size() > most_variables)
    throw InputError(fmt::format("a query has at most {} clauses and {} variables", most_clauses, most_variables));
  read_head(head, query);
  return query;
}

} // namespace moesaic::workloads::hyperon
