// What a deadlock looks like: the cycle of channels that wait for each other.
#pragma once

#include <stdexcept>
#include <string>

#include "hw/noc/routers.hpp"

namespace moesaic::hw::noc {

class DeadlockError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Follows, from every occupied input channel, the output it waits for to the input at the other end or to
/// the input that holds the output's channel, and names a cycle of them; or the channels that wait where
/// there is no cycle.
std::string describe_deadlock(const NetworkConfig& config, const Routers& routers);

} // namespace moesaic::hw::noc
