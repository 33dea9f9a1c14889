// The slow twin of the network: a SystemC module and signals per router and per endpoint, clocked every
// cycle. It shares the router's step with the fast network and nothing else, so equal timings say that
// sleeping, waking and the wheel lose nothing.
#pragma once

#include <memory>
#include <tuple>
#include <vector>

#include "hw/noc/config.hpp"
#include "hw/noc/multicast.hpp"
#include "hw/noc/traffic.hpp"

namespace moesaic::hw::noc::test {

/// cycle, endpoint, number of the request
using Arrival = std::tuple<std::uint64_t, int, std::uint32_t>;

/// A request, or one to a multicast group (with `destination` unused and the source in `source`).
struct Sent {
  Request request;
  int group = -1;
};

/// Both run in the current simulation context; arrivals in order of cycles and endpoints.
std::vector<Arrival> run_oracle(const NetworkConfig& config, const MulticastTrees& trees,
                                const std::vector<Sent>& sent, std::uint64_t cycles);
std::vector<Arrival> run_fabric(const NetworkConfig& config, const std::vector<std::vector<int>>& groups,
                                const std::vector<Sent>& sent);

} // namespace moesaic::hw::noc::test
