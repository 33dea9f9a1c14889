// Two halves with little traffic between them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mappings/placement/traffic.hpp"

namespace moesaic::mappings {

/// Splits `clusters` so that the first half holds about `share` of their vertices and the traffic cut is
/// small: Kernighan-Lin with single moves (Fiduccia and Mattheyses 1982) from a seeded start, over the edges
/// inside `clusters`.
std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>
bisect(const ClusterGraph& graph, const std::vector<std::int32_t>& clusters, double share,
       std::uint64_t seed);

/// The same by METIS (Karypis and Kumar 1998, multilevel recursive bisection), which the build may lack: see
/// metis_is_built_in(). The seed sets METIS's own; versions of METIS may differ.
std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>
metis_bisect(const ClusterGraph& graph, const std::vector<std::int32_t>& clusters, double share, std::uint64_t seed);

bool metis_is_built_in();

/// Traffic between a set of clusters and those of `clusters` outside of it.
double cut(const ClusterGraph& graph, const std::vector<std::int32_t>& first,
           const std::vector<std::int32_t>& second);

} // namespace moesaic::mappings
