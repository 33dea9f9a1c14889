#include "workloads/hyperon/generate.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "workloads/random.hpp"

namespace moesaic::workloads::hyperon {

const std::vector<std::string>& generator_names() {
  static const std::vector<std::string> names{"ascending_pairs", "random_pairs", "skewed_pairs",
                                              "random_tuples",   "sample",       "table"};
  return names;
}

const std::vector<std::string>& function_names() {
  static const std::vector<std::string> names{"add",     "subtract",       "multiply",            "divide", "maximum",
                                              "minimum", "add_saturating", "multiply_saturating", "square", "square_root"};
  return names;
}

bool unary(Function function) {
  return function == Function::square || function == Function::square_root;
}

double most_facts(const RelationPlan& plan, Symbol symbols) {
  const double n = symbols;
  switch (plan.generator) {
  case Generator::ascending_pairs: return n * (n - 1) / 2;
  case Generator::random_pairs: return n * n;
  // Each draw of the rarest pairs takes long, so a quarter of all is enough.
  case Generator::skewed_pairs: return n * (n - 1) / 4;
  case Generator::random_tuples: return std::pow(n, plan.arity);
  case Generator::sample: return plan.skew > 0 ? n / 2 : n;
  case Generator::table: return unary(plan.function) ? n : n * n;
  }
  return 0;
}

namespace {

std::uint64_t square_root(std::uint64_t x) {
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(x)));
  while (root * root > x)
    --root;
  while ((root + 1) * (root + 1) <= x)
    ++root;
  return root;
}

std::optional<std::uint64_t> value_of(Function function, std::uint64_t x, std::uint64_t y, std::uint64_t n) {
  switch (function) {
  case Function::add: return (x + y) % n;
  case Function::subtract: return (n + x - y) % n;
  case Function::multiply: return x * y % n;
  case Function::divide: return y == 0 ? std::nullopt : std::optional<std::uint64_t>(x / y);
  case Function::maximum: return std::max(x, y);
  case Function::minimum: return std::min(x, y);
  case Function::add_saturating: return std::min(x + y, n - 1);
  case Function::multiply_saturating: return std::min(x * y, n - 1);
  case Function::square: return x * x % n;
  case Function::square_root: return square_root(x);
  }
  return std::nullopt;
}

void fill_table(const RelationPlan& plan, Symbol symbols, Relation& relation) {
  const bool one = unary(plan.function);
  relation.arity = one ? 2 : 3;
  for (Symbol x = 0; x < symbols; ++x)
    for (Symbol y = 0; y < (one ? 1 : symbols); ++y)
      if (const auto z = value_of(plan.function, x, y, symbols)) {
        relation.facts.push_back(x);
        if (!one)
          relation.facts.push_back(y);
        relation.facts.push_back(static_cast<Symbol>(*z));
      }
}

/// Draws until there are as many different facts as wanted; `draw` appends one.
template <class Draw> void fill_different(Relation& relation, std::uint64_t facts, Draw draw) {
  while (relation.size() < facts) {
    for (std::uint64_t missing = facts - relation.size(); missing > 0; --missing)
      draw(relation.facts);
    relation.sort_unique();
  }
}

} // namespace

Relation generate(const RelationPlan& plan, Symbol symbols, std::uint64_t seed) {
  Random random(seed);
  Relation relation;
  relation.name = plan.name;
  const auto any = [&] { return static_cast<Symbol>(random.below(symbols)); };
  const double power = 1 / (1 - plan.skew);
  const auto skewed = [&] {
    return std::min(symbols - 1, static_cast<Symbol>(symbols * std::pow(random.uniform(), power)));
  };
  switch (plan.generator) {
  case Generator::ascending_pairs:
  case Generator::skewed_pairs:
    fill_different(relation, plan.facts, [&](std::vector<Symbol>& facts) {
      const bool even = plan.generator == Generator::ascending_pairs;
      Symbol a = 0, b = 0;
      while (a == b)
        a = even ? any() : skewed(), b = even ? any() : skewed();
      facts.push_back(even ? std::min(a, b) : a);
      facts.push_back(even ? std::max(a, b) : b);
    });
    break;
  case Generator::sample:
    relation.arity = 1;
    fill_different(relation, plan.facts, [&](std::vector<Symbol>& facts) { facts.push_back(skewed()); });
    break;
  case Generator::random_pairs:
  case Generator::random_tuples:
    relation.arity = plan.generator == Generator::random_pairs ? 2 : plan.arity;
    for (std::uint64_t i = 0; i < plan.facts * static_cast<std::uint64_t>(relation.arity); ++i)
      relation.facts.push_back(any());
    break;
  case Generator::table:
    fill_table(plan, symbols, relation);
    break;
  }
  relation.sort_unique();
  return relation;
}

} // namespace moesaic::workloads::hyperon
