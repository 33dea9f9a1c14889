#include "sim/sweep/formula.hpp"

#include <cfenv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <muParser.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

struct Formula::Impl {
  std::string text;
  std::vector<std::string> names;
  std::vector<double> slots; ///< what the parser's variables point to: never resized after binding
  mu::Parser parser;
};

namespace {

double round_down(double x) {
  return std::floor(x);
}
double round_up(double x) {
  return std::ceil(x);
}

/// Whether every step has a value, with the numbers that its variables hold now.
bool evaluates(const mu::Parser& parser) {
  std::feclearexcept(FE_ALL_EXCEPT);
  parser.Eval();
  return std::fetestexcept(FE_DIVBYZERO | FE_INVALID) == 0;
}

void set_up(mu::Parser& parser) {
  parser.DefineFun("floor", round_down);
  parser.DefineFun("ceil", round_up);
}

} // namespace

Formula::Formula(const std::string& text) : impl_(std::make_shared<Impl>()) {
  impl_->text = text;
  try {
    set_up(impl_->parser);
    impl_->parser.SetExpr(text);
    for (const auto& used : impl_->parser.GetUsedVar())
      impl_->names.push_back(used.first);
    impl_->slots.assign(impl_->names.size(), 1.0);
    for (std::size_t i = 0; i < impl_->names.size(); ++i)
      impl_->parser.DefineVar(impl_->names[i], &impl_->slots[i]);
    // What constants make of themselves is computed here, once: it is undefined if it is only the first time.
    const bool first = evaluates(impl_->parser), again = evaluates(impl_->parser);
    if (!first && again)
      throw InputError(fmt::format("'{}' has no value: it divides by zero, or the like", text));
    if (impl_->parser.GetNumResults() != 1)
      throw InputError(
          fmt::format("'{}' gives {} values, expected one", text, impl_->parser.GetNumResults()));
  } catch (const mu::ParserError& error) {
    throw InputError(fmt::format("'{}' is no formula: {}", text, error.GetMsg()));
  }
  check_somewhere_defined();
}

/// Tries numbers of all sizes and signs.
void Formula::check_somewhere_defined() const {
  std::uint64_t state = 1;
  for (int attempt = 0; attempt < 64; ++attempt) {
    std::vector<double> values;
    for (std::size_t i = 0; i < names().size(); ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const double size = std::ldexp(static_cast<double>(state >> 40), attempt % 8 * 4 - 36);
      values.push_back(attempt % 4 == 3 && (state >> 20) % 2 == 1 ? -size : size);
    }
    if (defined(values))
      return;
  }
  throw InputError(fmt::format("'{}' has no value, whatever its names stand for: it divides by zero, or the like", text()));
}

const std::string& Formula::text() const {
  return impl_->text;
}

const std::vector<std::string>& Formula::names() const {
  return impl_->names;
}

std::optional<double> Formula::defined(const std::vector<double>& values) const {
  std::feclearexcept(FE_ALL_EXCEPT);
  const double value = (*this)(values);
  return std::fetestexcept(FE_DIVBYZERO | FE_INVALID) == 0 ? std::optional(value) : std::nullopt;
}

double Formula::operator()(const std::vector<double>& values) const {
  if (values.size() != impl_->slots.size())
    throw std::logic_error("a formula wants one number per name");
  for (std::size_t i = 0; i < values.size(); ++i)
    impl_->slots[i] = values[i];
  return impl_->parser.Eval();
}

bool is_formula_name(const std::string& name) {
  try {
    mu::Parser parser;
    set_up(parser);
    if (parser.GetFunDef().count(name) || parser.GetConst().count(name))
      return false;
    const Formula formula(name);
    return formula.names().size() == 1 && formula.names()[0] == name;
  } catch (const InputError&) {
    return false;
  }
}

} // namespace moesaic::sim::sweep
