// How many cycles a router's stages take.
#pragma once

#include <string>
#include <vector>

namespace moesaic::hw::noc {

/// A head flit spends routing, VC allocation, switch allocation and traversal in a router, then its link's
/// latency. Speculative: VC and switch allocation in the same cycles, the switch grant being lost when the VC
/// is not.
struct Pipeline {
  int routing = 1;           ///< >= 0
  int vc_allocation = 1;     ///< > 0
  int switch_allocation = 1; ///< > 0
  int traversal = 1;         ///< >= 0
  int credit = 0;            ///< cycles to process a credit, >= 0
  bool speculative = false;

  /// Cycles from a head's arrival until its flit enters the link, without contention.
  int router_cycles() const {
    const int allocation = speculative
                               ? (vc_allocation > switch_allocation ? vc_allocation : switch_allocation)
                               : vc_allocation + switch_allocation;
    return routing + allocation + traversal;
  }

  /// "rc0-spec", "rc0" or "default" (names of BookSim2's configurations). Throws InputError with the nearest.
  static Pipeline named(const std::string& name);
  static const std::vector<std::string>& names();
};

} // namespace moesaic::hw::noc
