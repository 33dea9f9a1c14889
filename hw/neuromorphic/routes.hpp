// From the program's groups to multicast trees of the fabric.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "hw/neuromorphic/program.hpp"
#include "hw/noc/fabric.hpp"

namespace moesaic::hw {

/// Messages cross from chip to chip between gateways, one per chip: a chip has one link per side, at the row
/// and the column of its gateway's router, or one up to its switch. A message goes to the gateway of its own chip and, in one tree
/// over the links, to the gateways of all chips with members, each of which forks it to the members there. So
/// each link is crossed once, as with Loihi 2's broadcast at the destination. Trees are made when a core
/// first sends.
class Routes {
 public:
  Routes(const Chip& chip, const Program& program, noc::Fabric& fabric);

  /// The network for a program: a grid or a tree of chips, a port more per router where there are gateways.
  static noc::NetworkConfig network(const Chip& chip, const Program& program, Corner corner);

  std::int32_t endpoint_of_core(std::int32_t core) const {
    return core_endpoint_[static_cast<std::size_t>(core)];
  }
  std::int32_t endpoint_of_gateway(std::int32_t chip) const;
  /// The core at an endpoint, or -1 - chip for a gateway.
  std::int32_t at_endpoint(std::int32_t endpoint) const {
    return at_endpoint_[static_cast<std::size_t>(endpoint)];
  }

  /// The fabric's tree for messages of `core` to the program's `group`.
  std::int32_t tree(std::int32_t core, std::int32_t group);
  /// The tree on which the gateway of `chip` passes on what came by `tree`.
  std::int32_t onward(std::int32_t chip, std::int32_t tree) const;

 private:
  std::int32_t local_tree(std::int32_t chip, std::int32_t group);

  const Program& program_;
  noc::Fabric& fabric_;
  int ports_ = 0, gateway_core_ = 0;
  bool gateways_ = false;
  std::vector<std::int32_t> core_endpoint_, at_endpoint_;
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> trees_;  ///< by group and source router
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> local_;  ///< by group and chip
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> onward_; ///< by tree and chip
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> own_;    ///< of Program::routes, by core and group
};

} // namespace moesaic::hw
