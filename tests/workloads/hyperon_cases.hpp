// Small spaces and random queries for tests, and the plainest way to answer one.
#pragma once

#include <set>
#include <vector>

#include "workloads/hyperon/workload.hpp"

namespace moesaic::workloads::hyperon {

/// Every fact tried for every clause, one after the other: the answers by definition.
class PlainMatcher {
 public:
  PlainMatcher(const Space& space, const Query& query) : space_(space), query_(query), value_(query.variables.size(), -1) {
    match(0);
  }
  const std::set<std::vector<long>>& answers() const { return answers_; }

 private:
  void match(std::size_t clause) {
    if (clause == query_.clauses.size()) {
      std::vector<long> answer;
      for (const int v : query_.head)
        answer.push_back(value_[static_cast<std::size_t>(v)]);
      answers_.insert(answer);
      return;
    }
    const Clause& c = query_.clauses[clause];
    const Relation& relation = space_.relations[static_cast<std::size_t>(c.relation)];
    for (std::size_t i = 0; i < relation.size(); ++i) {
      const auto before = value_;
      bool fits = true;
      for (std::size_t f = 0; f < c.terms.size() && fits; ++f) {
        const long is = relation.row(i)[f];
        long& wanted = c.terms[f].variable ? value_[c.terms[f].value] : constant_;
        if (!c.terms[f].variable)
          wanted = c.terms[f].value;
        fits = wanted == -1 || wanted == is;
        wanted = is;
      }
      if (fits)
        match(clause + 1);
      value_ = before;
    }
  }

  const Space& space_;
  const Query& query_;
  std::vector<long> value_;
  long constant_ = -1;
  std::set<std::vector<long>> answers_;
};

inline Workload graph(Symbol nodes, std::uint64_t edges, std::uint64_t marked = 0) {
  Workload workload;
  workload.name = "graph";
  workload.symbols = nodes;
  workload.relations = {{"edge", Generator::random_pairs, edges}};
  if (marked)
    workload.relations.push_back({"marked", Generator::sample, marked});
  return workload;
}

inline Query query_on(const Workload& workload, const std::string& text, const std::string& head = "") {
  return parse_query("query", text, head, workload.relations, workload.symbols);
}

} // namespace moesaic::workloads::hyperon
