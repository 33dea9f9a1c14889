// The communication graph: what must be placed, and who sends how much to whom. Edges are multicast: one flit
// from a source reaches all members of a group.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

namespace moesaic::mappings {

/// Something that occupies one core.
struct Vertex {
  std::int32_t cluster = 0; ///< vertices of a cluster belong together, for example one expert
  std::int64_t bytes = 0;   ///< memory it needs
};

/// Flits that one vertex sends to one group, in one phase of the computation. Phases follow each other.
struct Net {
  std::int32_t source = 0;
  std::int32_t group = 0;
  std::int32_t phase = 0;
  double flits = 0;   ///< per token
  double service = 0; ///< seconds the slowest member takes to digest a flit; Traffic::digest has each one's
  double start = 0;   ///< seconds until the source's first flit is ready
  double pace = 0;    ///< seconds from then on until each next one is
  std::int32_t path = -1; ///< links of its own, of Traffic::paths; -1: dimension order and gateways
};

struct Traffic {
  std::vector<Vertex> vertices;
  std::vector<std::vector<std::int32_t>> groups; ///< members, ascending
  std::vector<Net> nets;
  /// Seconds that each member of each group takes for a flit: a row per group, in the order of its members. Where there is
  /// no row, or none at all, every member takes the net's service.
  std::vector<std::vector<double>> digest;
  /// Trees from router to neighbouring router of the whole grid, parents first: from a sender's router to all members', at
  /// which no gateway takes the flits in.
  std::vector<std::vector<std::pair<int, int>>> paths;
  /// Share of each phase in the expected time and energy, for example 1 / tokens for a phase of one sampled
  /// token; empty: 1 each.
  std::vector<double> weight;
  /// Seconds each vertex is busy by itself, phases() x vertices; empty: not known. Placement cannot change
  /// it, but bounds what placement can gain.
  std::vector<std::vector<double>> busy;

  /// Seconds for which each vertex's weights, which are streamed, keep the outer memory of its chip busy, phases() x
  /// vertices; empty: none are.
  std::vector<std::vector<double>> fetched;

  int size() const { return static_cast<int>(vertices.size()); }
  int clusters() const;
  int phases() const;
  double weight_of(int phase) const { return weight.empty() ? 1 : weight[static_cast<std::size_t>(phase)]; }
};

/// Throws InputError naming the first net or group that points outside, or a flit count that is no number.
void check_traffic(const Traffic& traffic);

/// Clusters as vertices, flits exchanged between them as edge weights; sizes in vertices.
using ClusterGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS,
                          boost::property<boost::vertex_index1_t, std::int32_t>, /* vertices in the cluster */
                          boost::property<boost::edge_weight_t, double>>;

ClusterGraph cluster_graph(const Traffic& traffic);

/// Vertices by cluster, each in ascending order.
std::vector<std::vector<std::int32_t>> members_by_cluster(const Traffic& traffic);

} // namespace moesaic::mappings
