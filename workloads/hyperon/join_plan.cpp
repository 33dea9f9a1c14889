#include "workloads/hyperon/join_plan.hpp"

#include <algorithm>

namespace moesaic::workloads::hyperon {

JoinPlan::JoinPlan(const Space& space, const Query& q, const std::vector<int>& o) : query(q), order(o) {
  whole = query.whole();
  level.resize(order.size());
  index.reserve(query.clauses.size());
  for (std::size_t c = 0; c < query.clauses.size(); ++c)
    add_clause(space, c);
  for (auto& parts : level) {
    std::size_t having = 0;
    for (auto& p : parts) {
      p.index = &index[p.clause];
      p.column = p.index->column(p.depth);
      p.direct = p.index->direct(p.depth);
      p.rows = &rows[p.clause][p.depth];
      having += p.depth == 1 && p.index->bits(0) && p.index->bit_words() <= most_bit_words;
    }
    dense.push_back(having >= 2);
  }
  const auto in_head = [&](int v) { return std::binary_search(query.head.begin(), query.head.end(), v); };
  while (prefix < order.size() && in_head(order[prefix]))
    ++prefix;
  for (std::size_t i = prefix; i < order.size(); ++i)
    if (in_head(order[i]))
      rest.push_back(order[i]);
}

void JoinPlan::add_clause(const Space& space, std::size_t c) {
  const auto& terms = query.clauses[c].terms;
  std::vector<int> fields, places;
  std::vector<Symbol> constants;
  for (std::size_t f = 0; f < terms.size(); ++f)
    if (!terms[f].variable)
      fields.push_back(static_cast<int>(f)), constants.push_back(terms[f].value);
  for (std::size_t p = 0; p < order.size(); ++p)
    for (std::size_t f = 0; f < terms.size(); ++f)
      if (terms[f].variable && static_cast<int>(terms[f].value) == order[p])
        fields.push_back(static_cast<int>(f)), places.push_back(static_cast<int>(p));
  index.emplace_back(space.relations[static_cast<std::size_t>(query.clauses[c].relation)], space.symbols, fields);
  rows.emplace_back(fields.size() + 1);
  rows[c][constants.size()] = index[c].find(constants.data(), constants.size());
  possible = possible && (!places.empty() || rows[c].back().size() > 0);
  for (std::size_t i = 0; i < places.size(); ++i)
    level[static_cast<std::size_t>(places[i])].push_back(
        {c, constants.size() + i, constants.size() + i + 1 == fields.size(), false, nullptr, nullptr, nullptr});
}

} // namespace moesaic::workloads::hyperon
