#include "mappings/placement/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings {

int Traffic::clusters() const {
  int most = -1;
  for (const Vertex& vertex : vertices)
    most = std::max(most, vertex.cluster);
  return most + 1;
}

int Traffic::phases() const {
  int most = static_cast<int>(std::max(busy.size(), weight.size()));
  for (const Net& net : nets)
    most = std::max(most, net.phase + 1);
  return most;
}

void check_traffic(const Traffic& traffic) {
  const auto outside = [&](std::int32_t i, std::size_t size) {
    return i < 0 || static_cast<std::size_t>(i) >= size;
  };
  for (std::size_t g = 0; g < traffic.groups.size(); ++g)
    for (const std::int32_t member : traffic.groups[g])
      if (outside(member, traffic.vertices.size()))
        throw InputError(
            fmt::format("traffic: group {} names vertex {}, there are {}", g, member, traffic.size()));
  for (std::size_t g = 0; g < traffic.digest.size(); ++g)
    if (!traffic.digest[g].empty() && (g >= traffic.groups.size() || traffic.digest[g].size() != traffic.groups[g].size()))
      throw InputError(fmt::format("traffic: {} times of digestion for group {}, one per member expected", traffic.digest[g].size(), g));
  for (std::size_t n = 0; n < traffic.nets.size(); ++n) {
    const Net& net = traffic.nets[n];
    if (outside(net.source, traffic.vertices.size()) || outside(net.group, traffic.groups.size()))
      throw InputError(fmt::format("traffic: net {} goes from vertex {} to group {}, which do not both exist",
                                   n, net.source, net.group));
    if (net.path < -1 || (net.path >= 0 && outside(net.path, traffic.paths.size())))
      throw InputError(fmt::format("traffic: net {} takes path {}, there are {}", n, net.path, traffic.paths.size()));
    if (!(net.flits >= 0) || !std::isfinite(net.flits) || net.phase < 0)
      throw InputError(fmt::format("traffic: net {} has {} flits in phase {}", n, net.flits, net.phase));
  }
  if (!traffic.weight.empty() && static_cast<int>(traffic.weight.size()) < traffic.phases())
    throw InputError(
        fmt::format("traffic: {} weights for {} phases", traffic.weight.size(), traffic.phases()));
  for (const Vertex& vertex : traffic.vertices)
    if (vertex.cluster < 0 || vertex.bytes < 0)
      throw InputError(fmt::format("traffic: cluster {} with {} bytes", vertex.cluster, vertex.bytes));
}

ClusterGraph cluster_graph(const Traffic& traffic) {
  std::map<std::pair<int, int>, double> weight;
  // Members of a group by cluster count once: a multicast flit is copied behind the border.
  std::vector<std::vector<std::int32_t>> reached(traffic.groups.size());
  for (std::size_t g = 0; g < traffic.groups.size(); ++g) {
    for (const std::int32_t member : traffic.groups[g])
      reached[g].push_back(traffic.vertices[static_cast<std::size_t>(member)].cluster);
    std::sort(reached[g].begin(), reached[g].end());
    reached[g].erase(std::unique(reached[g].begin(), reached[g].end()), reached[g].end());
  }
  for (const Net& net : traffic.nets) {
    const int from = traffic.vertices[static_cast<std::size_t>(net.source)].cluster;
    for (const int to : reached[static_cast<std::size_t>(net.group)])
      if (to != from)
        weight[{std::min(from, to), std::max(from, to)}] += net.flits * traffic.weight_of(net.phase);
  }
  ClusterGraph graph(static_cast<std::size_t>(traffic.clusters()));
  const auto size = boost::get(boost::vertex_index1, graph);
  for (const Vertex& vertex : traffic.vertices)
    ++size[static_cast<std::size_t>(vertex.cluster)];
  for (const auto& [ends, flits] : weight)
    boost::add_edge(static_cast<std::size_t>(ends.first), static_cast<std::size_t>(ends.second), flits,
                    graph);
  return graph;
}

std::vector<std::vector<std::int32_t>> members_by_cluster(const Traffic& traffic) {
  std::vector<std::vector<std::int32_t>> members(static_cast<std::size_t>(traffic.clusters()));
  for (std::int32_t v = 0; v < traffic.size(); ++v)
    members[static_cast<std::size_t>(traffic.vertices[static_cast<std::size_t>(v)].cluster)].push_back(v);
  return members;
}

} // namespace moesaic::mappings
