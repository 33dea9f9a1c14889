#include "hw/noc/routing_table.hpp"

#include <fstream>
#include <map>
#include <sstream>

#include "description/error.hpp"

namespace moesaic::hw::noc {

namespace {
constexpr int most_routers = 1024;

/// The port of `router` that is called `name`. On a grid every router has all four directions. Throws InputError.
int port_named(const Topology& topology, int router, const std::string& name) {
  std::vector<std::string> names;
  for (int port = 0; port < topology.ports(); ++port)
    if (topology.is_tree() ? topology.neighbour(router, port) >= 0 : port < first_local) {
      names.push_back(topology.port_name(router, port));
      if (names.back() == name)
        return port;
    }
  throw InputError("unknown direction '" + name + "'" + suggestion(name, names));
}
} // namespace

RoutingTable::RoutingTable(const Topology& topology) : routers_(topology.routers()) {
  if (routers_ > most_routers)
    throw InputError("table routing is not supported beyond " + std::to_string(most_routers) + " routers");
  ports_.resize(static_cast<std::size_t>(routers_) * static_cast<std::size_t>(routers_));
  for (int from = 0; from < routers_; ++from)
    for (int to = 0; to < routers_ && !topology.is_switch(to); ++to)
      set(from, to, topology.next_port(from, to));
}

RoutingTable RoutingTable::load(const std::string& file, const Topology& topology) {
  std::ifstream in(file);
  if (!in)
    throw InputError(file + ": cannot be read");
  RoutingTable table(topology);
  std::map<std::pair<int, int>, int> given;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    int router = -1, destination = -1;
    std::string direction, rest;
    if ((words >> std::ws).eof())
      continue;
    const std::string place = file + ":" + std::to_string(number) + ":1: ";
    if (!(words >> router >> destination >> direction) || words >> rest)
      throw InputError(place + "expected 'router destination direction'");
    if (router < 0 || destination < 0 || router >= table.routers_ || destination >= table.routers_)
      throw InputError(place + "routers are numbered 0 to " + std::to_string(table.routers_ - 1));
    if (topology.is_switch(destination))
      throw InputError(place + topology.router_name(destination) + " has no endpoints and is nobody's destination");
    int port = 0;
    try {
      port = port_named(topology, router, direction);
    } catch (const InputError& error) {
      throw InputError(place + error.what());
    }
    const auto [row, first] = given.emplace(std::make_pair(router, destination), port);
    if (!first && row->second != port)
      throw InputError(place + "router " + std::to_string(router) + " sends to " + std::to_string(destination) + " " +
                       topology.port_name(router, row->second) + " already");
    table.set(router, destination, port);
  }
  return table;
}

void RoutingTable::check(const Topology& topology) const {
  if (topology.routers() != routers_)
    throw InputError("the routing table is for " + std::to_string(routers_) + " routers, the network has " +
                     std::to_string(topology.routers()));
  for (int from = 0; from < routers_; ++from)
    for (int to = 0; to < routers_ && !topology.is_switch(to); ++to) {
      int at = from;
      for (int hops = 0; at != to; ++hops) {
        const int next = topology.neighbour(at, port(at, to));
        const std::string route =
            "the route from router " + std::to_string(from) + " to " + std::to_string(to);
        if (next < 0)
          throw InputError(route + " leaves the grid at router " + std::to_string(at));
        if (hops > routers_)
          throw InputError(route + " goes round in a circle through router " + std::to_string(at));
        at = next;
      }
    }
}

} // namespace moesaic::hw::noc
