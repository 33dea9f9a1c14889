// How unevenly tokens spread over experts: bounded Pareto popularity, made whole numbers of tokens.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/random.hpp"

namespace moesaic::workloads {

/// Inverse CDF at `u` in (0, 1) of the density proportional to x^-alpha on [low, high].
double bounded_pareto(double u, double alpha, double low, double high);

/// Relative popularity of experts for a batch of `tokens`, one per uniform number in `u`, as NVIDIA's
/// aiconfigurator draws it: bounded Pareto on [1, 0.8 tokens], or on [0.01, 2] where tokens * top_k <=
/// experts. alpha 0: all equal.
std::vector<double> popularity_at(const std::vector<double>& u, int tokens, int top_k, double alpha);

/// Whole loads proportional to `popularity`: they sum to tokens * top_k, none above `tokens`; what an expert
/// at the cap cannot take goes to the others. Largest remainders, ties in random order. Needs experts >=
/// top_k.
std::vector<int> apportion_loads(const std::vector<double>& popularity, int tokens, int top_k,
                                 Random& random);

/// What the skew of a batch is judged by.
struct LoadStatistics {
  double max_over_mean = 0;
  double top_fifth_share = 0; ///< share of the busiest 20 % of experts
  double idle_share = 0;      ///< experts with no token
  double entropy_bits = 0;
};
LoadStatistics load_statistics(const std::vector<int>& load);

/// Busiest of `ranks` equal blocks of consecutive experts, over their mean (expert parallelism without
/// replicas).
double rank_max_over_mean(const std::vector<int>& load, int ranks);

} // namespace moesaic::workloads
