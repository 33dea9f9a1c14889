#include "mappings/associative/hyperon/match_plan.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/hyperon/match_steps.hpp"
#include "workloads/hyperon/join.hpp"

namespace moesaic::mappings::associative {

namespace {

using workloads::hyperon::Join;

[[noreturn]] void unsupported(const Query& query, const std::string& why) {
  throw InputError(fmt::format("query {}: not supported on an associative processor: {}", query.name, why));
}

class Planner {
 public:
  Planner(const Space& space, const Query& query, MatchPlan& plan) : space_(space), query_(query), plan_(plan), steps_(space) {}

  void run() {
    solve(plan_.order, true);
    plan_.answers = plan_.steps.back().results;
  }

 private:
  using Table = MatchSteps::Table;

  /// All bindings of a part of the query, by steps that are added to the plan. Parts that are alike are solved once.
  Table solve(const std::vector<int>& order, bool top) {
    const Query part = restricted(query_, order);
    const int last = static_cast<int>(order.size()) - 1;
    if (std::none_of(part.clauses.begin(), part.clauses.end(), [&](const Clause& c) { return c.has(last); }))
      return std::nullopt;
    const std::string key = key_of(part);
    const auto known = known_.find(key);
    if (!top && known != known_.end())
      return known->second;
    BindingTable table = order.size() == 1 ? one(part, top) : pair(part, order, top);
    if (!top)
      known_[key] = table;
    return table;
  }

  static std::string key_of(const Query& part) {
    std::vector<std::string> clauses;
    for (const auto& clause : part.clauses) {
      std::string text = fmt::format("{}", clause.relation);
      for (const auto& term : clause.terms)
        text += fmt::format(" {}{}", term.variable ? "$" : "", term.value);
      clauses.push_back(text);
    }
    std::sort(clauses.begin(), clauses.end());
    return fmt::format("{}: {}", part.variables.size(), fmt::join(clauses, ", "));
  }

  BindingTable table_of(const Query& part) const {
    std::vector<int> order;
    for (std::size_t i = 0; i < part.variables.size(); ++i)
      order.push_back(static_cast<int>(i));
    BindingTable table;
    table.width = order.size();
    table.rows = Join(space_, part, order).bindings();
    return table;
  }

  /// A part of one variable: the values of a unary relation, or of a clause whose other fields are constants.
  BindingTable one(const Query& part, bool top) {
    if (part.clauses.size() > 1)
      unsupported(query_, fmt::format("two clauses over {} alone", part.variables[0]));
    const Clause& clause = part.clauses[0];
    BindingTable table = table_of(part);
    MatchStep step = steps_.step_for(clause, part, -1, 0);
    step.results = table.size();
    if (step.fixed_fields.empty()) {
      step.kind = MatchStep::Kind::scan;
      step.work = step.results;
    } else {
      step.read = !top;
      MatchGroup group = steps_.group_for(step, clause, nullptr);
      for (std::size_t i = 0; i < table.size(); ++i)
        group.facts.push_back(steps_.fact_index(step, group, 0, table.row(i)[0]));
      step.groups.push_back(std::move(group));
    }
    plan_.steps.push_back(std::move(step));
    return table;
  }

  BindingTable pair(const Query& part, const std::vector<int>& order, bool top) {
    const int n = static_cast<int>(order.size()), u = n - 2, v = n - 1;
    std::vector<int> with_u(order.begin(), order.end() - 1), with_v(order.begin(), order.end() - 2);
    with_v.push_back(order.back());
    std::vector<const Clause*> both;
    for (const auto& clause : part.clauses)
      if (clause.has(u) && clause.has(v))
        both.push_back(&clause);
    if (both.size() > 1)
      unsupported(query_, fmt::format("two clauses over {} and {}", part.variables[static_cast<std::size_t>(u)],
                                      part.variables[static_cast<std::size_t>(v)]));
    const Table tu = solve(with_u, false), tv = solve(with_v, false);
    if (both.empty() && (!tu || !tv))
      unsupported(query_, "its clauses are not connected");
    if (!tu && !tv && n > 2)
      unsupported(query_, "its clauses are not connected by the variables before");
    BindingTable table;
    table.width = order.size();
    if (!top)
      table = table_of(part);
    const std::size_t results = top ? Join(space_, query_).count() : table.size();
    if (both.empty()) {
      if (top && !query_.whole())
        unsupported(query_, "answers that leave out a variable which no clause joins to the last one");
      plan_.steps.push_back(product(part, results, top ? tu->size() + tv->size() : results));
      return table;
    }
    MatchStep step = steps_.step_for(*both[0], part, u, v);
    step.results = results;
    if (!tu && !tv && step.fixed_fields.empty()) {
      step.kind = MatchStep::Kind::scan;
      step.work = results;
      if (top && !query_.whole())
        unsupported(query_, "answers that leave out a variable of a single clause");
    } else {
      step.read = !top;
      step.distinct = top && !query_.whole();
      steps_.make_groups(step, *both[0], tu, tv, table);
    }
    plan_.steps.push_back(std::move(step));
    return table;
  }

  static MatchStep product(const Query& part, std::size_t results, std::size_t work) {
    MatchStep step;
    step.kind = MatchStep::Kind::product;
    step.text = fmt::format("{} with {}", part.variables[part.variables.size() - 2], part.variables.back());
    step.results = results;
    step.work = work;
    return step;
  }

  const Space& space_;
  const Query& query_;
  MatchPlan& plan_;
  MatchSteps steps_;
  std::map<std::string, BindingTable> known_;
};

/// The join's order, with a variable that the answers leave out moved to the second last place.
std::vector<int> order_for(const Space& space, const Query& query) {
  std::vector<int> order = variable_order(space, query);
  if (query.whole())
    return order;
  std::vector<int> out;
  for (const int v : order)
    if (!std::binary_search(query.head.begin(), query.head.end(), v))
      out.push_back(v);
  if (out.size() > 1)
    unsupported(query, "answers that leave out more than one variable");
  order.erase(std::find(order.begin(), order.end(), out[0]));
  order.insert(order.end() - 1, out[0]);
  return order;
}

} // namespace

std::size_t MatchStep::searches() const {
  std::size_t sum = 0;
  for (const auto& group : groups)
    sum += std::max<std::size_t>(1, group.u.size() + group.v.size());
  return sum;
}

MatchPlan plan_match(const Space& space, const Query& query) {
  for (const auto& clause : query.clauses)
    if (clause.variables().empty())
      unsupported(query, "a clause without variables");
  MatchPlan plan;
  plan.order = order_for(space, query);
  Planner(space, query, plan).run();
  return plan;
}

} // namespace moesaic::mappings::associative
