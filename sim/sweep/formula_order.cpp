#include "sim/sweep/formula_order.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

enum class Mark { none, open, done };

class Sorter {
 public:
  explicit Sorter(std::vector<Variable>& variables)
      : variables_(variables), marks_(variables.size(), Mark::none) {}

  std::vector<Variable> sorted() {
    for (std::size_t i = 0; i < variables_.size(); ++i)
      visit(i);
    return std::move(sorted_);
  }

 private:
  std::size_t index_of(const std::string& name, const Variable& user) const {
    std::vector<std::string> known = {"tokens"};
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      if (variables_[i].name == name)
        return i;
      known.push_back(variables_[i].name);
    }
    throw InputError(
        fmt::format("{}unknown name '{}' in the formula{}", user.place, name, suggestion(name, known)));
  }

  void check_number(const Variable& used, const Variable& user) const {
    for (const Value& value : used.list)
      if (!value.number)
        throw InputError(fmt::format("{}'{}' is no number, so the formula cannot use {}", user.place,
                                     value.text, used.name));
  }

  void visit(std::size_t i) {
    if (marks_[i] == Mark::done)
      return;
    const Variable& variable = variables_[i];
    if (marks_[i] == Mark::open) {
      std::string circle;
      for (auto at = std::find(path_.begin(), path_.end(), variable.name); at != path_.end(); ++at)
        circle += *at + " -> ";
      throw InputError(variable.place + "circular formulas: " + circle + variable.name);
    }
    marks_[i] = Mark::open;
    path_.push_back(variable.name);
    if (variable.formula)
      for (const auto& name : variable.formula->names()) {
        if (name == "tokens")
          continue;
        const std::size_t used = index_of(name, variable);
        visit(used);
        check_number(variables_[used], variable);
      }
    path_.pop_back();
    marks_[i] = Mark::done;
    sorted_.push_back(variable);
  }

  std::vector<Variable>& variables_;
  std::vector<Mark> marks_;
  std::vector<std::string> path_;
  std::vector<Variable> sorted_;
};

} // namespace

void order_formulas(std::vector<Variable>& variables) {
  variables = Sorter(variables).sorted();
}

std::vector<bool> relevant_to(const std::vector<Variable>& variables, const std::string& machine) {
  std::vector<bool> relevant(variables.size(), false);
  for (std::size_t i = variables.size(); i-- > 0;) { // users stand after what they use
    for (const auto& owner : variables[i].owners)
      if (owner == machine || owner == "workload")
        relevant[i] = true;
    if (!relevant[i] || !variables[i].formula)
      continue;
    for (const auto& name : variables[i].formula->names())
      for (std::size_t j = 0; j < i; ++j)
        if (variables[j].name == name)
          relevant[j] = true;
  }
  return relevant;
}

} // namespace moesaic::sim::sweep
