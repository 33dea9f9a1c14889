#include "sim/sweep/inputs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "results/sha256.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim::sweep {

namespace {

/// With the number of GPUs of "8xh100" written out: the points start from the description's text.
Document load_machine(const std::string& name) {
  const Document document = machine_description(name);
  return Document::parse(document.sources().count("varied") ? to_yaml(document) : document.text(), document.file());
}

Document load_workload(const std::string& name) {
  // A model's JSON configuration is YAML too, as far as reading it for its name goes.
  const bool json = name.size() > 5 && name.substr(name.size() - 5) == ".json";
  return Document::load(json ? name : catalog_file("workloads/catalog", name, "workload"));
}

std::vector<Input> load(const std::vector<std::string>& names, Document (*load_one)(const std::string&)) {
  std::vector<Input> inputs;
  for (const auto& name : names) {
    Document document = load_one(name);
    std::string hash = results::sha256(document.text());
    inputs.push_back({short_name(name), std::move(document), std::move(hash)});
  }
  return inputs;
}

/// The values that stand for all of a variable: what fits one fits those between.
std::vector<std::string> probes(const Variable& variable) {
  std::vector<std::string> texts;
  for (const Value& value : variable.list)
    texts.push_back(value.text);
  if (variable.range)
    texts = {variable.range->at(0).text, variable.range->at(1).text};
  if (variable.formula)
    texts = {variable.formula_unit.empty() ? "1" : "1 " + variable.formula_unit};
  return texts;
}

void check_variable(const Variable& variable, const Document& document) {
  try {
    for (const auto& text : probes(variable))
      with_overrides(document, {{variable.key, text}}, "");
  } catch (const InputError& error) {
    throw InputError(variable.place + error.what());
  }
}

/// The digest of what stands in a mapping file; it names that of its tables.
void add_mappings(const Variable& variable, Inputs& inputs) {
  for (const Value& value : variable.list)
    try {
      if (value.text != "none")
        inputs.mappings[value.text] = results::sha256(Document::load(value.text).text());
    } catch (const InputError& error) {
      throw InputError(variable.place + error.what());
    }
}

} // namespace

Inputs load_inputs(const Spec& spec) {
  Inputs inputs;
  inputs.machines = load(spec.machines, load_machine);
  inputs.workloads = load(spec.workloads, load_workload);
  for (const Variable& variable : spec.variables) {
    if (variable.mapping) {
      add_mappings(variable, inputs);
      continue;
    }
    for (const auto& owner : variable.owners)
      for (const Input& input : owner == "workload" ? inputs.workloads : inputs.machines)
        if (owner == "workload" || input.name == owner)
          check_variable(variable, input.document);
  }
  return inputs;
}

} // namespace moesaic::sim::sweep
