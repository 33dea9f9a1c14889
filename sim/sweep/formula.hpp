// Arithmetic over named numbers, as it stands in a sweep file: "2 * cores / clock", "energy < 1e-9 && cores >
// 4".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace moesaic::sim::sweep {

/// Operators + - * / ^, comparisons, && ||, ?:, and the usual functions (sqrt, log2, exp, min, max, floor,
/// ceil ...). Copies share one parser: not for two threads at once.
class Formula {
 public:
  /// Throws InputError (without a place) when `text` is no formula, or has a value nowhere.
  explicit Formula(const std::string& text);

  const std::string& text() const;
  /// The names it uses, sorted.
  const std::vector<std::string>& names() const;
  /// Its value, with one number per name, in the order of names(). May be infinite or NaN (division by zero).
  double operator()(const std::vector<double>& values) const;
  /// The same; nothing where some step of it has no value (a division by zero, the logarithm or root of a negative
  /// number), which a comparison would hide.
  std::optional<double> defined(const std::vector<double>& values) const;

 private:
  void check_somewhere_defined() const;

  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// Whether `name` can name a variable: a word that is no function or constant of formulas.
bool is_formula_name(const std::string& name);

} // namespace moesaic::sim::sweep
