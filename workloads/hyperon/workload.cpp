// Hyperon workloads from their YAML files.
#include "workloads/hyperon/workload.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/sourced_block.hpp"

namespace moesaic::workloads::hyperon {

namespace {

constexpr std::int64_t most_symbols = 1 << 24, most_rows = 1 << 25;

std::int64_t scaled(std::int64_t count, double scale) {
  return std::max<std::int64_t>(1, std::llround(double(count) * scale));
}

RelationPlan read_relation(const std::string& name, const Node& node, Symbol symbols, double scale) {
  RelationPlan plan;
  plan.name = name;
  plan.generator = static_cast<Generator>(node.at("generate").choice(generator_names()));
  if (plan.generator == Generator::table) {
    plan.function = static_cast<Function>(node.at("function").choice(function_names()));
    if (most_facts(plan, symbols) > double(most_rows))
      node.fail(fmt::format("a table over {} symbols has more than {} facts", symbols, most_rows));
    return plan;
  }
  if (plan.generator == Generator::random_tuples)
    plan.arity = static_cast<int>(node.at("fields").integer_in(1, 4));
  if (plan.generator == Generator::skewed_pairs || (plan.generator == Generator::sample && node.has("skew"))) {
    plan.skew = node.at("skew").number();
    if (!(plan.skew >= 0 && plan.skew <= 0.95))
      node.at("skew").fail(fmt::format("{} is out of range, expected 0 to 0.95", plan.skew));
  }
  plan.facts = static_cast<std::uint64_t>(scaled(node.at("facts").integer_in(1, most_rows), scale));
  if (double(plan.facts) > most_facts(plan, symbols))
    node.at("facts").fail(fmt::format("{} symbols have at most {:.0f} such facts", symbols, most_facts(plan, symbols)));
  return plan;
}

void read_relations(const Document& document, double scale, Workload& workload) {
  const Node space = sourced_block(document, "space");
  workload.symbols = static_cast<Symbol>(std::max<std::int64_t>(2, scaled(space.at("symbols").integer_in(2, most_symbols), scale)));
  const Node relations = space.at("relations");
  for (const auto& name : relations.keys())
    workload.relations.push_back(read_relation(name, relations.at(name), workload.symbols, scale));
  if (workload.relations.empty())
    relations.fail("no relation");
}

void read_queries(const Node& root, Workload& workload) {
  const Node queries = root.at("queries");
  for (const auto& name : queries.keys()) {
    const Node node = queries.at(name), match = node.at("match");
    const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
    if (!std::all_of(name.begin(), name.end(), plain))
      node.fail("a query's name has letters, digits, - and _ only");
    const std::string text = match.text(), head = node.text_or("answers", "");
    try {
      workload.queries.push_back(parse_query(name, text, head, workload.relations, workload.symbols));
    } catch (const InputError& error) {
      match.fail(error.what());
    }
  }
  if (workload.queries.empty())
    queries.fail("no query");
}

std::string title_of(const Document& document, const Figure& figure) {
  const auto found = document.sources().find(figure.source);
  return found == document.sources().end() ? figure.source : found->second.title;
}

void read_published(const Document& document, Workload& workload) {
  const Node root = document.root();
  std::vector<std::string> names;
  for (const auto& query : workload.queries)
    names.push_back(query.name);
  if (const auto list = root.find("published"))
    for (const Node& item : list->items()) {
      Published published;
      published.query = names[item.at("query").choice(names)];
      published.by = item.at("by").text();
      published.time = item.figure("time", dimension::time);
      published.answers = static_cast<std::uint64_t>(item.integer_or("answers", 0));
      published.source_title = title_of(document, published.time);
      workload.published.push_back(std::move(published));
    }
  if (const auto list = root.find("published_point_queries"))
    for (const Node& item : list->items()) {
      PublishedRate rate{item.at("by").text(), item.figure("rate", dimension::frequency), ""};
      rate.source_title = title_of(document, rate.rate);
      workload.rates.push_back(std::move(rate));
    }
}

} // namespace

Workload read_workload(const Document& document, double scale) {
  const Node root = document.root();
  root.find("sources");
  root.at("kind").choice({"hyperon"});
  Workload workload;
  workload.name = std::filesystem::path(document.file()).stem().string();
  workload.title = root.at("title").text();
  read_relations(document, scale, workload);
  read_queries(root, workload);
  read_published(document, workload);
  document.reject_unread_keys();
  if (scale != 1) {
    workload.title += fmt::format(", {:g} of its symbols and facts", scale);
    workload.published.clear();
    workload.rates.clear();
  }
  return workload;
}

Workload load_workload(const std::string& name_or_file, double scale) {
  return read_workload(Document::load(catalog_file("workloads/catalog", name_or_file, "workload")), scale);
}

Space make_space(const Workload& workload, std::uint64_t seed) {
  Space space;
  space.symbols = workload.symbols;
  std::uint64_t number = 0;
  for (const auto& plan : workload.relations)
    space.relations.push_back(generate(plan, workload.symbols, seed * 1000003 + ++number));
  return space;
}

} // namespace moesaic::workloads::hyperon
