#include "workloads/hyperon/lookups.hpp"

#include <algorithm>
#include <array>

namespace moesaic::workloads::hyperon {

namespace {

constexpr int word_bits = 16;

/// Whether equal leading fields never stand with different last ones.
bool functional(const Relation& relation) {
  const auto leading = static_cast<std::size_t>(relation.arity) - 1;
  if (leading == 0)
    return false;
  for (std::size_t i = 1; i < relation.size(); ++i)
    if (std::equal(relation.row(i), relation.row(i) + leading, relation.row(i - 1)))
      return false;
  return true;
}

class LookupPlanner {
 public:
  LookupPlanner(const Space& space, const Query& query) : space_(space), query_(query) {
    while ((Symbol{1} << bits_) < space.symbols)
      ++bits_;
  }

  std::optional<LookupPlan> run() {
    if (!query_.whole() || space_.symbols >= no_value)
      return std::nullopt;
    for (std::size_t first = 0; first < query_.clauses.size(); ++first)
      if (auto plan = from(first))
        return plan;
    return std::nullopt;
  }

 private:
  std::optional<LookupPlan> from(std::size_t first) {
    const Clause& base = query_.clauses[first];
    if (base.variables().size() != base.terms.size() || query_.clauses.size() < 2)
      return std::nullopt;
    LookupPlan plan;
    plan.relation = base.relation;
    plan.variables = base.variables();
    plan.index_bits = bits_;
    std::vector<bool> bound(query_.variables.size(), false), used(query_.clauses.size(), false);
    for (const int v : plan.variables)
      bound[static_cast<std::size_t>(v)] = true;
    used[first] = true;
    for (std::size_t left = query_.clauses.size() - 1; left > 0; --left) {
      std::size_t next = 0;
      while (next < used.size() && (used[next] || !follows(query_.clauses[next], bound)))
        ++next;
      if (next == used.size())
        return std::nullopt;
      used[next] = true;
      plan.steps.push_back(step_for(query_.clauses[next], bound));
    }
    return plan;
  }

  bool follows(const Clause& clause, const std::vector<bool>& bound) const {
    const auto inputs = clause.terms.size() - 1;
    for (std::size_t f = 0; f < inputs; ++f)
      if (clause.terms[f].variable && !bound[clause.terms[f].value])
        return false;
    return clause.terms.back().variable && inputs * static_cast<std::size_t>(bits_) <= word_bits &&
           functional(space_.relations[static_cast<std::size_t>(clause.relation)]);
  }

  LookupStep step_for(const Clause& clause, std::vector<bool>& bound) const {
    const Relation& relation = space_.relations[static_cast<std::size_t>(clause.relation)];
    LookupStep step;
    step.text = relation.name;
    step.relation = clause.relation;
    step.inputs.assign(clause.terms.begin(), clause.terms.end() - 1);
    step.output = static_cast<int>(clause.terms.back().value);
    step.bound = bound[clause.terms.back().value];
    bound[clause.terms.back().value] = true;
    std::size_t entries = 0, combinations = 1;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      entries = (entries << bits_) | (space_.symbols - 1);
      combinations *= space_.symbols;
    }
    step.table.assign(entries + 1, no_value);
    for (std::size_t i = 0; i < relation.size(); ++i) {
      std::size_t at = 0;
      for (std::size_t f = 0; f < step.inputs.size(); ++f)
        at = (at << bits_) | relation.row(i)[f];
      step.table[at] = static_cast<std::uint16_t>(relation.row(i)[relation.arity - 1]);
    }
    step.partial = relation.size() < combinations;
    return step;
  }

  const Space& space_;
  const Query& query_;
  int bits_ = 1;
};

} // namespace

std::optional<LookupPlan> plan_lookups(const Space& space, const Query& query) {
  return LookupPlanner(space, query).run();
}

std::uint64_t count_by_lookups(const Space& space, const LookupPlan& plan) {
  const Relation& facts = space.relations[static_cast<std::size_t>(plan.relation)];
  std::array<Symbol, 16> value{}; // by variable: a query has no more
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    for (std::size_t f = 0; f < plan.variables.size(); ++f)
      value[static_cast<std::size_t>(plan.variables[f])] = facts.row(i)[f];
    bool holds = true;
    for (const auto& step : plan.steps) {
      std::size_t at = 0;
      for (const Term& term : step.inputs)
        at = (at << plan.index_bits) | (term.variable ? value[term.value] : term.value);
      const Symbol found = step.table[at];
      Symbol& output = value[static_cast<std::size_t>(step.output)];
      holds = found != no_value && (!step.bound || found == output);
      if (!holds)
        break;
      output = found;
    }
    count += holds;
  }
  return count;
}

} // namespace moesaic::workloads::hyperon
