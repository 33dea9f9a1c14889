// A network run bare, with everything that arrives written down.
#pragma once

#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "hw/noc/network.hpp"

namespace moesaic::hw::noc::test {

struct Arrived {
  std::uint64_t cycle;
  int endpoint;
  Delivery packet;
};

class Recorder : public Endpoints {
 public:
  explicit Recorder(Network& network) { network.attach(*this); }
  bool deliver(int endpoint, const Delivery& packet, std::uint64_t cycle) override {
    if (refuses && refuses(endpoint, packet))
      return false;
    arrived.push_back({cycle, endpoint, packet});
    return true;
  }
  void room(int endpoint, std::uint64_t) override { rooms.push_back(endpoint); }
  void network_empty(std::uint64_t cycle) override { emptied.push_back(cycle); }

  std::vector<Arrived> arrived;
  std::vector<int> rooms;
  std::vector<std::uint64_t> emptied;
  std::function<bool(int, const Delivery&)> refuses;
};

/// Steps until nothing more happens.
inline void run(Network& network) {
  for (std::uint64_t next = network.next_cycle(); next != Network::never; next = network.next_cycle())
    network.step(next);
}

inline Packet packet_to(int destination, int length = 1) {
  Packet packet;
  packet.destination = destination;
  packet.length = length;
  return packet;
}

/// Sends one packet, alone, from every `stride`-th endpoint to each, and compares its latency with `expected`.
template <class Expected>
void check_alone(const NetworkConfig& config, int stride, int flits, Expected expected) {
  Network network(config);
  Recorder recorder(network);
  std::uint64_t cycle = 1;
  for (int source = 0; source < config.topology.endpoints(); source += stride)
    for (int destination = 0; destination < config.topology.endpoints(); ++destination) {
      REQUIRE(network.try_inject(source, packet_to(destination, flits), cycle));
      run(network);
      const auto& last = recorder.arrived.back();
      CAPTURE(source);
      CAPTURE(destination);
      CHECK(last.endpoint == destination);
      CHECK(static_cast<int>(last.cycle - last.packet.created) == expected(source, destination));
      cycle = network.cycle() + 1;
    }
}

} // namespace moesaic::hw::noc::test
