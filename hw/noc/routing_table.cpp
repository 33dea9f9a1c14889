#include "hw/noc/routing_table.hpp"

#include <fstream>
#include <map>
#include <sstream>

#include "description/error.hpp"

namespace moesaic::hw::noc {

namespace {
const std::vector<std::string> directions{"east", "west", "north", "south"};
constexpr int most_routers = 1024;
} // namespace

RoutingTable::RoutingTable(const Topology& topology) : routers_(topology.routers()) {
  if (routers_ > most_routers)
    throw InputError("table routing is not supported beyond " + std::to_string(most_routers) + " routers");
  ports_.resize(static_cast<std::size_t>(routers_) * static_cast<std::size_t>(routers_));
  for (int from = 0; from < routers_; ++from)
    for (int to = 0; to < routers_; ++to) {
      const int dx = topology.x_of(to) - topology.x_of(from), dy = topology.y_of(to) - topology.y_of(from);
      set(from, to, dx > 0 ? east : dx < 0 ? west : dy > 0 ? south : north);
    }
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
    int port = 0;
    while (port < 4 && directions[static_cast<std::size_t>(port)] != direction)
      ++port;
    if (port == 4)
      throw InputError(place + "unknown direction '" + direction + "'" + suggestion(direction, directions));
    const auto [row, first] = given.emplace(std::make_pair(router, destination), port);
    if (!first && row->second != port)
      throw InputError(place + "router " + std::to_string(router) + " sends to " + std::to_string(destination) + " " +
                       directions[static_cast<std::size_t>(row->second)] + " already");
    table.set(router, destination, port);
  }
  return table;
}

void RoutingTable::check(const Topology& topology) const {
  if (topology.routers() != routers_)
    throw InputError("the routing table is for " + std::to_string(routers_) + " routers, the network has " +
                     std::to_string(topology.routers()));
  for (int from = 0; from < routers_; ++from)
    for (int to = 0; to < routers_; ++to) {
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
