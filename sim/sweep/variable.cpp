#include "sim/sweep/variable.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

std::optional<double> bare_number(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(number) ||
      text.find_first_of("xXnN") != std::string::npos)
    return std::nullopt;
  return number;
}

std::string written(double number, const std::string& unit) {
  return unit.empty() ? fmt::format("{}", number) : fmt::format("{} {}", number, unit);
}

/// A number and its unit, in base units times `scale`.
struct Written {
  double number = 0, scale = 1;
  std::string unit;
  Dimension dimension;
};

Written read_written(const Node& node) {
  const std::string text = node.text();
  if (const auto number = bare_number(text))
    return {*number, 1, "", {}};
  try {
    const Quantity quantity = parse_quantity(text);
    const double scale = parse_quantity("1 " + quantity.unit).value;
    // The number as it stands in the file, not through base units and back, which would lose its last bits.
    return {std::strtod(text.c_str(), nullptr), scale, quantity.unit, quantity.dimension};
  } catch (const InputError& error) {
    node.fail(error.what());
  }
}

Range read_range(const Node& entry, const Node& node) {
  const auto ends = node.items();
  if (ends.size() != 2)
    node.fail("expected [low, high]");
  const Written low = read_written(ends[0]), high = read_written(ends[1]);
  if (low.dimension != high.dimension || low.unit.empty() != high.unit.empty())
    node.fail("both ends must measure the same thing");
  Range range;
  range.unit = low.unit;
  range.low = low.number;
  // Prefixes are powers of ten that binary fractions miss by a bit: 1 nJ is 1000 pJ.
  const double ratio = high.scale / low.scale, whole_ratio = std::round(ratio);
  range.high = high.number * (std::abs(ratio - whole_ratio) < 1e-9 * ratio ? whole_ratio : ratio);
  if (const auto scale = entry.find("scale"))
    range.logarithmic = scale->choice({"linear", "log"}) == 1;
  range.whole = entry.boolean_or("whole", false);
  if (const auto steps = entry.find("steps"))
    range.steps = static_cast<int>(steps->integer_in(2, 1000000));
  if (!(range.low < range.high))
    node.fail("the range is empty: its low end must be below its high end");
  if (range.whole && std::ceil(range.low) > std::floor(range.high))
    node.fail("the range is empty: it holds no whole number");
  if (range.logarithmic && range.low <= 0)
    node.fail("a logarithmic range must lie above 0");
  return range;
}

std::vector<Value> read_list(const Node& node) {
  std::vector<Value> list;
  for (const auto& item : node.items()) {
    list.push_back(parse_value(item.text()));
    if (std::count(list.begin(), list.end(), list.back()) > 1)
      item.fail(fmt::format("'{}' stands twice", item.text()));
  }
  if (list.empty())
    node.fail("the list is empty");
  return list;
}

std::vector<std::string> read_owners(const Node& node) {
  if (node.is_scalar())
    return {node.text()};
  std::vector<std::string> owners;
  for (const auto& item : node.items())
    owners.push_back(item.text());
  if (owners.empty())
    node.fail("the list is empty");
  return owners;
}

} // namespace

Value parse_value(const std::string& text) {
  if (const auto number = bare_number(text))
    return {text, number};
  try {
    return {text, parse_quantity(text).value};
  } catch (const InputError&) {
    return {text, std::nullopt};
  }
}

Value Range::at(double u) const {
  double number = u <= 0        ? low
                  : u >= 1      ? high
                  : logarithmic ? low * std::pow(high / low, u)
                                : low + (high - low) * u;
  number = std::clamp(number, low, high);
  if (whole)
    number = std::clamp(std::round(number), std::ceil(low), std::floor(high));
  return parse_value(written(number, unit));
}

Value Variable::at(double u) const {
  if (range)
    return range->at(u);
  const auto n = static_cast<double>(list.size());
  return list[std::min(list.size() - 1, static_cast<std::size_t>(u * n))];
}

std::vector<Value> Variable::grid() const {
  if (!range)
    return list;
  if (range->steps == 0)
    throw InputError(place + "a range of a grid needs `steps`");
  std::vector<Value> values;
  for (int i = 0; i < range->steps; ++i) {
    Value value = range->at(static_cast<double>(i) / (range->steps - 1));
    if (values.empty() || !(values.back() == value)) // whole numbers may fall together
      values.push_back(std::move(value));
  }
  return values;
}

Value Variable::computed(const std::vector<double>& inputs) const {
  const double number = (*formula)(inputs);
  if (!std::isfinite(number))
    throw InputError(fmt::format("{}'{}' gives {}", place, formula->text(), number));
  return parse_value(written(number, formula_unit));
}

Variable read_variable(const std::string& name, const Node& node) {
  Variable variable;
  variable.name = name;
  try {
    node.fail("");
  } catch (const InputError& place) {
    variable.place = place.what();
  }
  if (!is_formula_name(name))
    node.fail(fmt::format("'{}' cannot name a variable: a word of letters, digits and _ is needed", name));
  const auto owner = node.find("of"), key = node.find("key");
  if (owner.has_value() != key.has_value())
    node.fail("`of` (a machine, or workload) and `key` go together");
  if (owner) {
    variable.owners = read_owners(*owner);
    variable.key = key->text();
    variable.mapping = variable.key == "mapping";
  }
  const auto list = node.find("values"), range = node.find("range"), formula = node.find("formula");
  if (list.has_value() + range.has_value() + formula.has_value() != 1)
    node.fail("exactly one of `values`, `range` and `formula` is needed");
  if (variable.mapping && (!list || variable.owners.size() != 1 || variable.owners.front() == "workload"))
    node.fail("key `mapping` takes `values`, mapping files or none, of one machine");
  if (list)
    variable.list = read_list(*list);
  if (range)
    variable.range = read_range(node, *range);
  if (formula) {
    try {
      variable.formula = Formula(formula->text());
    } catch (const InputError& error) {
      formula->fail(error.what());
    }
    variable.formula_unit = node.text_or("unit", "");
  }
  return variable;
}

} // namespace moesaic::sim::sweep
