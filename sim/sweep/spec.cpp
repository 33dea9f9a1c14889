#include "sim/sweep/spec.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"
#include "sim/sweep/formula_order.hpp"
#include "sim/sweep/spec_conditions.hpp"

namespace moesaic::sim::sweep {

static const std::vector<std::string> kinds = {"grid", "latin_hypercube", "sobol", "sensitivity", "search"};

const char* to_string(Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].c_str();
}

const std::vector<std::string>& result_names() {
  static const std::vector<std::string> names = {
      "chips", "joules", "joules_per_token", "seconds", "seconds_per_token", "watts"};
  return names;
}

const Variable* Spec::find(const std::string& variable) const {
  for (const Variable& candidate : variables)
    if (candidate.name == variable)
      return &candidate;
  return nullptr;
}

std::string short_name(const std::string& name_or_file) {
  const std::size_t slash = name_or_file.rfind('/') + 1; // npos + 1 is 0
  const auto [built, node] = hw::split_node(name_or_file.substr(slash));
  if (node)
    return hw::name_at(short_name(built), *node);
  std::string name = built;
  const std::size_t dot = name.rfind(".yaml");
  if (dot != std::string::npos && dot + 5 == name.size())
    name.resize(dot);
  return name;
}

namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> names_at(const Node& root, const std::string& key) {
  const Node node = root.at(key);
  if (node.is_scalar())
    return {node.text()};
  std::vector<std::string> names, shorts;
  for (const Node& item : node.items()) {
    names.push_back(item.text());
    if (contains(shorts, short_name(names.back())))
      item.fail(fmt::format("'{}' stands twice", short_name(names.back())));
    shorts.push_back(short_name(names.back()));
  }
  if (names.empty())
    node.fail("the list is empty");
  return names;
}

std::vector<int> read_tokens(const Node& root) {
  const auto node = root.find("tokens");
  if (!node)
    return {1};
  std::vector<int> tokens;
  for (const Node& item : node->is_scalar() ? std::vector<Node>{*node} : node->items()) {
    tokens.push_back(static_cast<int>(item.integer_in(1, 65536)));
    if (std::count(tokens.begin(), tokens.end(), tokens.back()) > 1)
      item.fail(fmt::format("{} stands twice", tokens.back()));
  }
  if (tokens.empty())
    node->fail("the list is empty");
  return tokens;
}

double quantity_or_zero(const Node& map, const std::string& key, const Dimension& dimension) {
  const auto node = map.find(key);
  if (!node)
    return 0;
  Quantity quantity;
  try {
    quantity = parse_quantity(node->text());
  } catch (const InputError& error) {
    node->fail(error.what());
  }
  if (quantity.dimension != dimension || quantity.value <= 0)
    node->fail(fmt::format("expected {} above 0, found '{}'", dimension.name(), node->text()));
  return quantity.value;
}

void read_variables(const Node& root, Spec& spec) {
  const auto vary = root.find("vary");
  if (!vary)
    return;
  for (const auto& name : vary->keys()) {
    const Node node = vary->at(name);
    if (name == "tokens" || contains(result_names(), name))
      node.fail(fmt::format("'{}' is the name of a result or of the batch", name));
    Variable variable = read_variable(name, node);
    std::vector<std::string> known = {"workload"};
    for (const auto& machine : spec.machines)
      known.push_back(short_name(machine));
    for (const auto& owner : variable.owners)
      if (!contains(known, owner)) {
        node.at("of").fail(fmt::format("'{}' is not in this sweep{}", owner, suggestion(owner, known)));
      }
    for (const Variable& other : spec.variables)
      for (const auto& owner : variable.owners)
        if (other.key == variable.key && contains(other.owners, owner))
          node.fail(fmt::format("'{}' varies {}'s {} already", other.name, owner, variable.key));
    spec.variables.push_back(std::move(variable));
  }
  order_formulas(spec.variables);
}

double node_at(const Node& node) {
  try {
    return hw::parse_node(node.text());
  } catch (const InputError& error) {
    node.fail(error.what());
  }
}

void read_technology(const Node& root, Spec& spec) {
  const auto technology = root.find("technology");
  if (!technology)
    return;
  for (const Node& item : technology->at("nodes").items())
    spec.nodes.push_back(item.text() == "as built" ? 0 : node_at(item));
  if (spec.nodes.empty())
    technology->at("nodes").fail("the list is empty");
  const auto machines = technology->find("machines");
  for (const auto& machine : spec.machines) {
    spec.processes.emplace_back();
    const auto entry = machines ? machines->find(short_name(machine)) : std::nullopt;
    if (!entry)
      continue;
    hw::Process process;
    process.node = process.low = process.high = node_at(entry->at("node"));
    for (const Node& path : entry->at("scales").items())
      process.scales.push_back(path.text());
    spec.processes.back() = std::move(process);
  }
}

void read_kind(const Node& root, Spec& spec) {
  if (const auto kind = root.find("kind"))
    spec.kind = static_cast<Kind>(kind->choice(kinds));
  const auto count = [&](const char* key) { return static_cast<int>(root.at(key).integer_in(1, 100000000)); };
  if (spec.kind == Kind::search) {
    spec.population = count("population");
    spec.generations = count("generations");
    if (spec.population < 8 || spec.population % 4 != 0)
      root.at("population").fail("NSGA-II needs a population of at least 8 that divides by 4");
  } else if (spec.kind != Kind::grid) {
    spec.samples = count("samples");
  }
}

} // namespace

Spec parse_spec(const std::string& text, const std::string& file) {
  const Document document = Document::parse(text, file);
  const Node root = document.root();
  Spec spec;
  spec.file = file;
  spec.text = text;
  spec.title = root.text_or("title", file);
  spec.workloads = names_at(root, "workload");
  spec.machines = names_at(root, "machines");
  spec.tokens = read_tokens(root);
  if (const auto seed = root.find("seed"))
    spec.seed = static_cast<std::uint64_t>(seed->integer_in(0, INT64_MAX));
  read_kind(root, spec);
  read_technology(root, spec);
  read_variables(root, spec);
  read_constraints(root, spec);
  read_objectives(root, spec);
  if (const auto limits = root.find("limits")) {
    spec.limits.seconds = quantity_or_zero(*limits, "time", dimension::time);
    spec.limits.bytes = quantity_or_zero(*limits, "memory", dimension::data);
  }
  spec.estimate_first = root.boolean_or("estimate_first", false);
  if (spec.estimate_first && (spec.kind == Kind::search || spec.kind == Kind::sensitivity))
    root.at("estimate_first").fail(fmt::format("kind {} does not support it", to_string(spec.kind)));
  document.reject_unread_keys();
  const bool sampled =
      spec.kind == Kind::latin_hypercube || spec.kind == Kind::sobol || spec.kind == Kind::search;
  if (sampled && spec.variables.empty())
    throw InputError(fmt::format("{}: kind {} needs something to vary", file, to_string(spec.kind)));
  if (spec.kind == Kind::sensitivity && !spec.variables.empty())
    root.at("vary").fail("kind sensitivity varies the constants by itself");
  return spec;
}

Spec load_spec(const std::string& file) {
  return parse_spec(Document::load(file).text(), file);
}

} // namespace moesaic::sim::sweep
