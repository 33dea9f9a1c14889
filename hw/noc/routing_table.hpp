// Routes given as a table: which port a router sends a packet to, by the router of its destination.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/noc/topology.hpp"

namespace moesaic::hw::noc {

class RoutingTable {
 public:
  /// Starts as dimension order for `topology`, or up and down on a tree (at most 1024 routers; InputError beyond).
  explicit RoutingTable(const Topology& topology);
  /// Reads lines "router destination direction" (east, west, north, south, on a tree also up, down0, down1 ...;
  /// # starts a comment), each replacing one entry. Throws InputError with file:line.
  static RoutingTable load(const std::string& file, const Topology& topology);

  int port(int router, int destination) const { return ports_[index(router, destination)]; }
  void set(int router, int destination, int port) {
    ports_[index(router, destination)] = static_cast<std::uint8_t>(port);
  }

  /// Throws InputError when a route leaves the grid or goes round in a circle.
  void check(const Topology& topology) const;

 private:
  std::size_t index(int router, int destination) const {
    return static_cast<std::size_t>(router) * static_cast<std::size_t>(routers_) +
           static_cast<std::size_t>(destination);
  }
  int routers_;
  std::vector<std::uint8_t>
      ports_; ///< [router][destination router], direction; unused where both are the same
};

} // namespace moesaic::hw::noc
