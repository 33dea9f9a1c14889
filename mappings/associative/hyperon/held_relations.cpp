#include "mappings/associative/hyperon/held_relations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::associative {

namespace {

HeldRelation place(const hw::associative::Description& d, const Space& space, int relation, int sorted_by, int parts) {
  const auto& facts = space.relations[static_cast<std::size_t>(relation)];
  HeldRelation held;
  held.relation = relation;
  held.sorted_by = sorted_by;
  held.layout = tuple_layout(space.symbols, facts.arity);
  held.placement = sorted_by < 0 ? place_facts(facts, d.shape, parts) : place_runs(facts, d.shape, parts, sorted_by);
  return held;
}

std::int64_t all_slots(const std::vector<HeldRelation>& held) {
  std::int64_t sum = 0;
  for (const auto& h : held)
    sum += h.slots();
  return sum;
}

/// Time goes with the vectors that a core searches, times the cores that hold the same part and so share the bindings less.
double cost(const std::vector<HeldRelation>& held, int parts) {
  double sum = 0;
  for (const auto& h : held)
    sum += double(h.placement.groups) * parts;
  return sum;
}

} // namespace

void hold_relations(const hw::associative::Description& d, const Space& space, const MatchPlan& plan, MatchProgram& out) {
  std::vector<std::pair<int, int>> wanted; // relation, sorted by
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const MatchStep& step = plan.steps[s];
    if (step.kind != MatchStep::Kind::match)
      continue;
    const std::pair<int, int> one{step.relation, step.distinct ? step.v_field : -1};
    const auto found = std::find(wanted.begin(), wanted.end(), one);
    out.held_by_step[s] = static_cast<std::size_t>(found - wanted.begin());
    if (found == wanted.end())
      wanted.push_back(one);
  }
  bool resident = false;
  double least = 0;
  for (int parts = d.cores; parts >= 1; --parts) {
    if (d.cores % parts != 0)
      continue;
    std::vector<HeldRelation> held;
    for (const auto& [relation, sorted_by] : wanted)
      held.push_back(place(d, space, relation, sorted_by, parts));
    const bool fits = all_slots(held) <= d.l1_slots;
    if (out.held.empty() || (fits && (!resident || cost(held, parts) < least))) {
      resident = fits;
      least = cost(held, parts);
      out.held = std::move(held);
    }
  }
  for (auto& held : out.held) {
    held.resident = resident;
    held.first_slot = resident ? out.program.resident_slots : 0;
    if (resident)
      out.program.resident_slots += held.slots();
    if (held.slots_per_group() > d.l1_slots)
      throw InputError(fmt::format("L1 overflows: one vector of tuples takes {} slots, {} there", held.slots_per_group(),
                                   d.l1_slots));
  }
}

HeldRelation hold_relation(const hw::associative::Description& d, const Space& space, int relation) {
  return place(d, space, relation, -1, d.cores);
}

} // namespace moesaic::mappings::associative
