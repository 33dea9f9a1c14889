#include "sim/sweep/spec_conditions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// A formula whose names are variables, `tokens` or, where allowed, results.
Formula read_formula(const Node& node, const Spec& spec, bool results_too) {
  std::vector<std::string> known = {"tokens"};
  for (const Variable& variable : spec.variables)
    known.push_back(variable.name);
  if (results_too)
    known.insert(known.end(), result_names().begin(), result_names().end());
  try {
    Formula formula(node.text());
    for (const auto& name : formula.names())
      if (!contains(known, name))
        throw InputError(fmt::format("unknown name '{}'{}", name, suggestion(name, known)));
    return formula;
  } catch (const InputError& error) {
    node.fail(error.what());
  }
}

bool uses_results(const Formula& formula) {
  return std::any_of(formula.names().begin(), formula.names().end(),
                     [](const std::string& name) { return contains(result_names(), name); });
}

} // namespace

void read_constraints(const Node& root, Spec& spec) {
  const auto list = root.find("constraints");
  if (!list)
    return;
  for (const Node& item : list->items()) {
    Formula formula = read_formula(item, spec, true);
    if (formula.names().empty())
      item.fail(fmt::format("'{}' names no variable and no result, so it tells no point from another", formula.text()));
    (uses_results(formula) ? spec.requirements : spec.constraints).push_back(std::move(formula));
  }
}

void read_objectives(const Node& root, Spec& spec) {
  const auto list = root.find("objectives");
  if (!list) {
    for (const char* name : {"seconds", "joules"})
      spec.objectives.push_back({name, Formula(name), false});
    return;
  }
  for (const Node& item : list->items()) {
    const bool maximise = item.is_map() && item.has("maximise");
    const Node text = item.is_map() ? item.at(maximise ? "maximise" : "minimise") : item;
    Formula formula = read_formula(text, spec, true);
    const std::string name = item.is_map() ? item.text_or("name", formula.text()) : formula.text();
    spec.objectives.push_back({name, std::move(formula), maximise});
  }
  if (spec.objectives.empty())
    list->fail("the list is empty");
}

} // namespace moesaic::sim::sweep
