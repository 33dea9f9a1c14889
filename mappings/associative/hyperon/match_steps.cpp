#include "mappings/associative/hyperon/match_steps.hpp"

namespace moesaic::mappings::associative {

const workloads::hyperon::Relation& MatchSteps::relation(const MatchStep& step) const {
  return space_.relations[static_cast<std::size_t>(step.relation)];
}

std::string MatchSteps::text_of(const Clause& clause, const Query& part) const {
  std::string text = "(" + space_.relations[static_cast<std::size_t>(clause.relation)].name;
  for (const auto& term : clause.terms)
    text += " " + (term.variable ? part.variables[term.value] : std::to_string(term.value));
  return text + ")";
}

MatchStep MatchSteps::step_for(const Clause& clause, const Query& part, int u, int v) const {
  MatchStep step;
  step.kind = MatchStep::Kind::match;
  step.relation = clause.relation;
  step.text = text_of(clause, part);
  for (std::size_t f = 0; f < clause.terms.size(); ++f) {
    const auto& term = clause.terms[f];
    if (term.variable && static_cast<int>(term.value) == u)
      step.u_field = static_cast<int>(f);
    else if (term.variable && static_cast<int>(term.value) == v)
      step.v_field = static_cast<int>(f);
    else
      step.fixed_fields.push_back(static_cast<int>(f));
  }
  return step;
}

MatchGroup MatchSteps::group_for(const MatchStep& step, const Clause& clause, const Symbol* prefix) const {
  MatchGroup group;
  for (const int field : step.fixed_fields) {
    const auto& term = clause.terms[static_cast<std::size_t>(field)];
    group.fixed.push_back(term.variable ? prefix[term.value] : term.value);
  }
  return group;
}

std::size_t MatchSteps::fact_index(const MatchStep& step, const MatchGroup& group, Symbol u, Symbol v) const {
  std::vector<Symbol> fact(static_cast<std::size_t>(relation(step).arity));
  for (std::size_t i = 0; i < group.fixed.size(); ++i)
    fact[static_cast<std::size_t>(step.fixed_fields[i])] = group.fixed[i];
  if (step.u_field >= 0)
    fact[static_cast<std::size_t>(step.u_field)] = u;
  if (step.v_field >= 0)
    fact[static_cast<std::size_t>(step.v_field)] = v;
  return relation(step).find(fact.data());
}

void MatchSteps::make_groups(MatchStep& step, const Clause& clause, const Table& tu, const Table& tv,
                             const BindingTable& rows) const {
  const std::vector<Cut> alone(1); // where neither variable is constrained, nothing stands before
  const auto by_u = tu ? cut(*tu, 1) : std::vector<Cut>{}, by_v = tv ? cut(*tv, 1) : std::vector<Cut>{};
  const auto marked = cut(rows, 2);
  const auto find = [](const std::vector<Cut>& cuts, std::size_t& at, const std::vector<Symbol>& prefix) {
    while (at < cuts.size() && cuts[at].prefix < prefix)
      ++at;
    return at < cuts.size() && cuts[at].prefix == prefix;
  };
  std::size_t v = 0, row = 0;
  for (const Cut& one : tu ? by_u : tv ? by_v : alone) {
    if (tu && tv && !find(by_v, v, one.prefix))
      continue;
    MatchGroup group = group_for(step, clause, one.prefix.data());
    if (tu)
      group.u = one.rest;
    if (tv)
      group.v = tu ? by_v[v].rest : one.rest;
    if (find(marked, row, one.prefix))
      for (std::size_t i = 0; i < marked[row].rest.size(); i += 2)
        group.facts.push_back(fact_index(step, group, marked[row].rest[i], marked[row].rest[i + 1]));
    step.groups.push_back(std::move(group));
  }
}

} // namespace moesaic::mappings::associative
