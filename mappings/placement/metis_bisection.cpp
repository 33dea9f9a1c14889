#include "mappings/placement/bisection.hpp"

#ifdef MOESAIC_METIS
#include <metis.h>
#endif

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings {

#ifdef MOESAIC_METIS

namespace {

/// METIS takes whole weights: traffic is scaled so that the largest gets this.
constexpr double largest_weight = 1e6;

/// The subgraph of some clusters in METIS's form.
struct MetisGraph {
  std::vector<idx_t> begin{0}, neighbour, weight, size;

  MetisGraph(const ClusterGraph& graph, const std::vector<std::int32_t>& clusters) {
    std::vector<idx_t> number(boost::num_vertices(graph), -1);
    for (std::size_t i = 0; i < clusters.size(); ++i)
      number[static_cast<std::size_t>(clusters[i])] = static_cast<idx_t>(i);
    double most = 1e-300; // an edge may carry nothing
    const auto edges = [&](std::int32_t cluster, auto visit) {
      for (auto [e, end] = boost::out_edges(static_cast<std::size_t>(cluster), graph); e != end; ++e)
        if (const idx_t other = number[boost::target(*e, graph)]; other >= 0)
          visit(other, boost::get(boost::edge_weight, graph, *e));
    };
    for (const std::int32_t cluster : clusters)
      edges(cluster, [&](idx_t, double flits) { most = std::max(most, flits); });
    for (const std::int32_t cluster : clusters) {
      edges(cluster, [&](idx_t other, double flits) {
        neighbour.push_back(other);
        weight.push_back(static_cast<idx_t>(std::max(1.0, std::round(flits / most * largest_weight))));
      });
      begin.push_back(static_cast<idx_t>(neighbour.size()));
      size.push_back(boost::get(boost::vertex_index1, graph, static_cast<std::size_t>(cluster)));
    }
  }
};

} // namespace

bool metis_is_built_in() {
  return true;
}

std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>
metis_bisect(const ClusterGraph& graph, const std::vector<std::int32_t>& clusters, double share, std::uint64_t seed) {
  std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> halves;
  if (clusters.size() < 2) {
    halves.first = clusters;
    return halves;
  }
  MetisGraph metis(graph, clusters);
  idx_t options[METIS_NOPTIONS];
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = static_cast<idx_t>(seed & 0x7fffffff);
  auto count = static_cast<idx_t>(clusters.size());
  idx_t constraints = 1, parts = 2, cut = 0;
  real_t wanted[] = {static_cast<real_t>(share), static_cast<real_t>(1 - share)};
  std::vector<idx_t> part(clusters.size());
  const int result = METIS_PartGraphRecursive(&count, &constraints, metis.begin.data(), metis.neighbour.data(),
                                              metis.size.data(), nullptr, metis.weight.data(), &parts, wanted, nullptr,
                                              options, &cut, part.data());
  if (result != METIS_OK)
    throw InputError(fmt::format("METIS cannot partition {} clusters: error {}", clusters.size(), result));
  for (std::size_t i = 0; i < clusters.size(); ++i)
    (part[i] == 0 ? halves.first : halves.second).push_back(clusters[i]);
  return halves;
}

#else

bool metis_is_built_in() {
  return false;
}

std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>
metis_bisect(const ClusterGraph&, const std::vector<std::int32_t>&, double, std::uint64_t) {
  throw InputError("METIS is not supported by this build: it was made without it (Debian: libmetis-dev)");
}

#endif

} // namespace moesaic::mappings
