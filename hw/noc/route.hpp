// Where a head flit may go next from a router.
#pragma once

#include <cstdint>

#include "hw/noc/config.hpp"
#include "hw/noc/flit.hpp"
#include "hw/noc/multicast.hpp"
#include "hw/noc/routing_table.hpp"

namespace moesaic::hw::noc {

/// `ports`: the candidates (any one of them for unicast, all of them for multicast). `classes`: bit 0 and 1,
/// the lower and upper half of the virtual channels, which a dateline keeps apart; 3 where it does not
/// matter.
struct Hop {
  std::uint32_t ports = 0;
  std::uint8_t classes = 3;
};

/// The output on the dimension-order path from (x, y): first east or west, then north or south, then to the
/// endpoint: the lowest of the ports that bring `flit` nearer. Without branches, as which way it goes cannot
/// be predicted.
inline int dimension_order(int x, int y, Flit flit) {
  const unsigned nearer[] = {flit.x() > x, flit.x() < x, flit.y() < y, flit.y() > y};
  return __builtin_ctz(nearer[east] << east | nearer[west] << west | nearer[north] << north |
                       nearer[south] << south | 1u << flit.port());
}

class RouteFunction {
 public:
  RouteFunction(const NetworkConfig& config, const MulticastTrees& trees)
      : trees_(trees), table_(config.table.get()), routing_(config.routing), wraps_(config.topology.wraps()),
        width_(config.topology.width()), height_(config.topology.height()),
        tree_(config.topology.is_tree() ? &config.topology : nullptr) {}

  /// `upper`: the flit came in on the upper half of the virtual channels.
  Hop operator()(int x, int y, int in_port, bool upper, Flit flit) const {
    if (flit.multicast())
      return {trees_.ports(flit.node()), 3};
    if (flit.x() == x && flit.y() == y)
      return {1u << flit.port(), 3};
    if (wraps_)
      return around(x, y, in_port, upper, flit);
    if (tree_ && routing_ == Routing::dimension_order)
      return on_tree(x, y, flit);
    if (routing_ == Routing::dimension_order)
      return {1u << dimension_order(x, y, flit), 3};
    return routing_ == Routing::west_first ? west_first(x, y, flit) : by_table(x, y, flit);
  }

  const MulticastTrees& trees() const { return trees_; }

 private:
  Hop around(int x, int y, int in_port, bool upper, Flit flit) const;
  Hop west_first(int x, int y, Flit flit) const;
  Hop by_table(int x, int y, Flit flit) const;
  Hop on_tree(int x, int y, Flit flit) const;

  const MulticastTrees& trees_;
  const RoutingTable* table_;
  Routing routing_;
  bool wraps_;
  int width_, height_;
  const Topology* tree_; ///< or null
};

} // namespace moesaic::hw::noc
