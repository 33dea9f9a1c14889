// In which order a join binds its variables.
#include <algorithm>
#include <limits>

#include "workloads/hyperon/join.hpp"

namespace moesaic::workloads::hyperon {

namespace {

constexpr double about_equal = 0.9; ///< a choice must be better than this to come before one that is named earlier

class Chooser {
 public:
  Chooser(const Space& space, const Query& query) : space_(space), query_(query), bound_(query.variables.size(), false) {
    for (const auto& clause : query.clauses) {
      const Relation& relation = space.relations[static_cast<std::size_t>(clause.relation)];
      std::vector<double> distinct;
      for (int f = 0; f < relation.arity; ++f)
        distinct.push_back(count_distinct(relation, f));
      distinct_.push_back(std::move(distinct));
    }
  }

  /// Of the greedy orders from each variable of the head the one with the fewest partial bindings expected in all.
  std::vector<int> run() {
    std::vector<int> chosen;
    double least = std::numeric_limits<double>::infinity();
    for (const int first : query_.head) {
      double cost = 0;
      const auto order = greedy(first, cost);
      if (chosen.empty() || cost < least * about_equal) {
        chosen = order;
        least = cost;
      }
    }
    return chosen;
  }

 private:
  double count_distinct(const Relation& relation, int field) const {
    std::vector<bool> seen(space_.symbols, false);
    double count = 0;
    for (std::size_t i = 0; i < relation.size(); ++i)
      if (!seen[relation.row(i)[field]]) {
        seen[relation.row(i)[field]] = true;
        ++count;
      }
    return std::max(count, 1.0);
  }

  std::vector<int> greedy(int first, double& cost) {
    std::fill(bound_.begin(), bound_.end(), false);
    std::vector<int> order;
    double partial = 1;
    while (order.size() < query_.variables.size()) {
      bool connected = false;
      const int next = order.empty() ? first : best();
      partial *= expected(next, connected);
      cost += partial;
      bound_[static_cast<std::size_t>(next)] = true;
      order.push_back(next);
    }
    return order;
  }

  int best() const {
    int chosen = -1;
    bool chosen_connected = false;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t v = 0; v < bound_.size(); ++v) {
      if (bound_[v])
        continue;
      bool connected = false;
      const double values = expected(static_cast<int>(v), connected);
      if (chosen < 0 || (connected && !chosen_connected) ||
          (connected == chosen_connected && values < least * about_equal)) {
        chosen = static_cast<int>(v);
        chosen_connected = connected;
        least = values;
      }
    }
    return chosen;
  }

  /// Values that `variable` has on average once those that are bound have theirs.
  double expected(int variable, bool& connected) const {
    double least = space_.symbols;
    for (std::size_t c = 0; c < query_.clauses.size(); ++c) {
      const Clause& clause = query_.clauses[c];
      if (!clause.has(variable))
        continue;
      double rows = static_cast<double>(space_.relations[static_cast<std::size_t>(clause.relation)].size()), values = 1;
      for (std::size_t f = 0; f < clause.terms.size(); ++f) {
        const Term& term = clause.terms[f];
        const bool bound = !term.variable || bound_[term.value];
        if (bound)
          rows /= distinct_[c][f];
        if (bound && term.variable)
          connected = true;
        if (term.variable && static_cast<int>(term.value) == variable)
          values = distinct_[c][f];
      }
      least = std::min(least, std::min(rows, values));
    }
    return least;
  }

  const Space& space_;
  const Query& query_;
  std::vector<bool> bound_;
  std::vector<std::vector<double>> distinct_; ///< by clause and field
};

} // namespace

std::vector<int> variable_order(const Space& space, const Query& query) {
  return Chooser(space, query).run();
}

} // namespace moesaic::workloads::hyperon
