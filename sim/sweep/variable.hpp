// What a sweep varies: a list of values, a range, or a formula of other variables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "sim/sweep/formula.hpp"

namespace moesaic::sim::sweep {

/// A value as it is written into a description, and as formulas see it: in base units (J, s, Hz, B ...).
struct Value {
  std::string text;
  std::optional<double> number; ///< nothing where the text is a word

  friend bool operator==(const Value& a, const Value& b) { return a.text == b.text; }
};

/// "12", "35.5 pJ" or a word.
Value parse_value(const std::string& text);

struct Range {
  double low = 0, high = 0; ///< in `unit`
  std::string unit;         ///< empty for bare numbers
  bool logarithmic = false;
  bool whole = false; ///< rounded to whole numbers
  int steps = 0;      ///< of a grid; 0 where only samples are drawn

  /// u from 0 (low) to 1 (high).
  Value at(double u) const;
};

struct Variable {
  std::string name;                ///< for formulas and for the column of the results
  std::vector<std::string> owners; ///< machines, or "workload"; none: for formulas only
  std::string key;                 ///< dotted path in the owners' descriptions; empty with no owner
  bool mapping = false;            ///< key `mapping`: the values are mapping files of the owner, or `none`
  std::string place;               ///< "file:line:column: path: " for errors found later

  std::vector<Value> list;
  std::optional<Range> range;
  std::optional<Formula> formula;
  std::string formula_unit; ///< of what the formula gives

  /// The value at u in [0, 1), of a list or a range: equal shares of u for the values of a list.
  Value at(double u) const;
  /// All values of a grid, without repetition. Throws InputError for a range without steps.
  std::vector<Value> grid() const;
  /// What the formula gives for `inputs` (in the order of its names). Throws InputError unless finite.
  Value computed(const std::vector<double>& inputs) const;
};

/// Reads one entry of `vary`: {of: loihi2, key: core.clock, values: [...] | range: [a, b] | formula: text,
/// ...}.
Variable read_variable(const std::string& name, const Node& node);

} // namespace moesaic::sim::sweep
