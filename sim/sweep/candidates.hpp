// The points of a sweep that estimates first: which to simulate next.
#pragma once

#include <map>
#include <tuple>

#include "sim/sweep/engine.hpp"
#include "sim/sweep/estimate_spread.hpp"

namespace moesaic::sim::sweep {

struct Candidate {
  std::vector<double> estimate; ///< costs; empty: there is none
  bool simulated = false;
  std::vector<double> cost; ///< empty unless simulated and feasible
};

class Candidates {
 public:
  /// One a point of the plan, in its order.
  Candidates(const Plan& plan, const Finished& estimates);

  /// Of each machine, workload and batch some spread over its estimates, and of each workload and batch the best by estimate;
  /// all without an estimate.
  std::vector<std::size_t> first_ones() const;
  /// What no simulated point of its workload and batch beats even at its best; of these, where only few are wanted, the
  /// most hopeful.
  std::vector<std::size_t> hopeful(bool few) const;
  /// What simulating a point gave.
  void learn(std::size_t which, const FinishedPoint& found);

  const std::vector<Candidate>& all() const { return candidates_; }
  const Spread& spread() const { return spread_; } ///< of all points together

 private:
  using Block = std::tuple<std::size_t, std::size_t, int>; ///< machine, workload, batch
  using Group = std::pair<std::size_t, int>;               ///< workload, batch
  Block block_of(std::size_t which) const;
  Group group_of(std::size_t which) const;
  std::vector<double> optimistic(std::size_t which) const;

  const Plan& plan_;
  std::vector<Candidate> candidates_;
  std::map<Block, Spread> spreads_;
  Spread spread_;
};

} // namespace moesaic::sim::sweep
