// Placements without any sense, and how well one cost ranks them by another.
#pragma once

#include <cstdint>
#include <vector>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

/// scattered: each core in any slot. by_cluster: clusters in any order, each core behind the other, the chips in any
/// order.
enum class Disorder { scattered, by_cluster };

/// Seeded, the same under every compiler. Throws InputError when the floor is too small.
Placement random_placement(const Traffic& traffic, const Floor& floor, Disorder disorder, std::uint64_t seed);

/// Spearman's rank correlation, -1 to 1: the correlation of ranks, equal values sharing their mean rank; 0 where all
/// values of one side are equal. Throws InputError for lists of different lengths or of less than two values.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

} // namespace moesaic::mappings
