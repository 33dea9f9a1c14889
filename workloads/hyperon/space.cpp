#include "workloads/hyperon/space.hpp"

#include <algorithm>
#include <numeric>

namespace moesaic::workloads::hyperon {

namespace {

template <std::size_t width> void sort_rows(std::vector<Symbol>& facts) {
  struct Row {
    Symbol value[width];
    bool operator<(const Row& other) const {
      return std::lexicographical_compare(value, value + width, other.value, other.value + width);
    }
    bool operator==(const Row& other) const { return std::equal(value, value + width, other.value); }
  };
  std::vector<Row> rows(facts.size() / width);
  for (std::size_t i = 0; i < facts.size(); ++i)
    rows[i / width].value[i % width] = facts[i];
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  facts.resize(rows.size() * width);
  for (std::size_t i = 0; i < facts.size(); ++i)
    facts[i] = rows[i / width].value[i % width];
}

} // namespace

void Relation::sort_unique() {
  switch (arity) {
  case 1: return sort_rows<1>(facts);
  case 2: return sort_rows<2>(facts);
  case 3: return sort_rows<3>(facts);
  default: return sort_rows<4>(facts);
  }
}

std::size_t Relation::find(const Symbol* fact) const {
  std::size_t low = 0, high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (std::lexicographical_compare(row(middle), row(middle) + arity, fact, fact + arity))
      low = middle + 1;
    else
      high = middle;
  }
  return low < size() && std::equal(fact, fact + arity, row(low)) ? low : size();
}

bool Clause::has(int variable) const {
  return std::any_of(terms.begin(), terms.end(),
                     [&](const Term& t) { return t.variable && t.value == static_cast<std::uint32_t>(variable); });
}

std::vector<int> Clause::variables() const {
  std::vector<int> found;
  for (const auto& term : terms)
    if (term.variable)
      found.push_back(static_cast<int>(term.value));
  return found;
}

Query restricted(const Query& query, const std::vector<int>& order) {
  Query part;
  part.name = query.name;
  std::vector<int> place(query.variables.size(), -1);
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    part.variables.push_back(query.variables[static_cast<std::size_t>(order[i])]);
  }
  for (Clause clause : query.clauses) {
    bool inside = true;
    for (auto& term : clause.terms)
      if (term.variable) {
        inside = inside && place[term.value] >= 0;
        term.value = static_cast<std::uint32_t>(place[term.value]);
      }
    if (inside)
      part.clauses.push_back(std::move(clause));
  }
  part.head.resize(order.size());
  std::iota(part.head.begin(), part.head.end(), 0);
  return part;
}

} // namespace moesaic::workloads::hyperon
