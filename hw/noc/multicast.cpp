#include "hw/noc/multicast.hpp"

#include <algorithm>
#include <map>

#include "description/error.hpp"
#include "hw/noc/flit.hpp"

namespace moesaic::hw::noc {

namespace {

/// The port of `from` that leads to its neighbour `to`, or -1.
int port_to(const Topology& topology, int from, int to) {
  for (int port = 0; port < topology.ports(); ++port)
    if (!topology.is_local(from, port) && topology.neighbour(from, port) == to)
      return port;
  return -1;
}

void check_group(const Topology& topology, int source, const std::vector<int>& destinations) {
  if (topology.wraps())
    throw InputError("multicast is not supported on a torus");
  if (destinations.empty())
    throw InputError("a multicast group needs at least one destination");
  const auto known = [&](int endpoint) { return endpoint >= 0 && endpoint < topology.endpoints(); };
  if (!known(source) || !std::all_of(destinations.begin(), destinations.end(), known))
    throw InputError("a multicast group names an endpoint outside 0 to " +
                     std::to_string(topology.endpoints() - 1));
}

} // namespace

int MulticastTrees::add(const Topology& topology, int source, const std::vector<int>& destinations) {
  check_group(topology, source, destinations);
  const int root = topology.router_of(source);
  std::map<int, std::uint32_t> ports; // of the routers on the tree
  for (const int endpoint : destinations) {
    int at = root;
    const int last = topology.router_of(endpoint);
    while (at != last) {
      const int port = topology.next_port(at, last);
      ports[at] |= 1u << port;
      at = topology.neighbour(at, port);
    }
  }
  return plant(topology, root, std::move(ports), destinations);
}

int MulticastTrees::add(const Topology& topology, int source, const std::vector<int>& destinations, const Links& links) {
  check_group(topology, source, destinations);
  const int root = topology.router_of(source);
  std::map<int, std::uint32_t> ports{{root, 0}};
  for (const auto& [from, to] : links) {
    const auto name = "the link from router " + std::to_string(from) + " to " + std::to_string(to);
    const bool known = from >= 0 && from < topology.routers() && to >= 0 && to < topology.routers() && from != to;
    const int port = known ? port_to(topology, from, to) : -1;
    if (port < 0)
      throw InputError(name + " does not exist");
    if (ports.find(from) == ports.end() || !ports.emplace(to, 0).second)
      throw InputError(name + " makes no tree of the links before it");
    ports[from] |= 1u << port;
  }
  for (const int endpoint : destinations)
    if (ports.find(topology.router_of(endpoint)) == ports.end())
      throw InputError("the links do not lead to endpoint " + std::to_string(endpoint));
  return plant(topology, root, std::move(ports), destinations);
}

/// A tree of the routers of `ports`, with the directions in which each has a child, gets its destinations.
int MulticastTrees::plant(const Topology& topology, int root, std::map<int, std::uint32_t> ports,
                          const std::vector<int>& destinations) {
  for (const int endpoint : destinations) {
    const int last = topology.router_of(endpoint);
    const std::uint32_t local = 1u << topology.port_of(endpoint);
    if (ports[last] & local)
      throw InputError("a multicast group names endpoint " + std::to_string(endpoint) + " twice");
    ports[last] |= local;
  }
  for (const auto& [router, copies] : ports)
    if (copies == 0)
      throw InputError("the links end at router " + std::to_string(router) + ", where no destination is");

  // Breadth first, so that the children of a node stand side by side.
  std::vector<int> routers{root};
  const std::size_t first = nodes_.size();
  if (first + ports.size() > Flit::node_mask)
    throw InputError("the multicast trees together have more than " + std::to_string(Flit::node_mask) +
                     " nodes");
  for (std::size_t k = 0; k < routers.size(); ++k) {
    const std::uint32_t copies = ports[routers[k]];
    nodes_.push_back({copies, static_cast<std::uint32_t>(first + routers.size())});
    for (int port = 0; port < topology.ports(); ++port)
      if (copies >> port & 1 && !topology.is_local(routers[k], port))
        routers.push_back(topology.neighbour(routers[k], port));
  }
  groups_.push_back({static_cast<std::uint32_t>(first), root, static_cast<int>(destinations.size())});
  return groups() - 1;
}

std::vector<std::uint64_t> MulticastTrees::links(const Topology& topology, int group) const {
  std::vector<std::uint64_t> flits(topology.link_classes().size());
  std::vector<std::pair<std::uint32_t, int>> open{{root(group), root_router(group)}};
  while (!open.empty()) {
    const auto [node, router] = open.back();
    open.pop_back();
    for (int port = 0; port < topology.ports(); ++port)
      if (ports(node) >> port & 1) {
        ++flits[topology.link_class(router, port)];
        if (!topology.is_local(router, port))
          open.emplace_back(child(node, port), topology.neighbour(router, port));
      }
  }
  return flits;
}

} // namespace moesaic::hw::noc
