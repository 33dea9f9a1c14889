// A made-up layer on a made-up floor, for tests: a hub that sends to all experts, experts that reply.
#pragma once

#include <random>

#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

/// 10 x 10 chips of 2 x 2 routers with 2 cores, 7 of 8 usable; links take 1 ns, 2 ns, 10 ns per flit.
inline Floor example_floor(int across = 10, int down = 10) {
  Floor floor;
  floor.chips_across = across;
  floor.chips_down = down;
  floor.routers_across = floor.routers_down = 2;
  floor.cores_per_router = 2;
  floor.chip_cores = 7;
  floor.east_west = {1e-9, 2e-9, 1e-12};
  floor.north_south = {2e-9, 3e-9, 2e-12};
  floor.border = {10e-9, 50e-9, 100e-12};
  floor.chip_watts = 1;
  floor.gateway = down % 2 ? 3 : -1; // both kinds are tested
  return floor;
}

/// Cluster 0 is the hub with `hubs` vertices; then `experts` of `size` vertices whose first half feeds the
/// second.
inline Traffic example_traffic(int experts, int size, int hubs, std::uint64_t seed) {
  Traffic traffic;
  std::mt19937_64 random(seed);
  for (int h = 0; h < hubs; ++h)
    traffic.vertices.push_back({0, 100});
  traffic.groups.emplace_back();
  for (int h = 0; h < hubs; ++h)
    traffic.groups[0].push_back(h);
  for (int e = 0; e < experts; ++e) {
    const int first = traffic.size(), half = size / 2;
    const double load = 1 + static_cast<double>(random() % 100);
    const auto ups = static_cast<std::int32_t>(traffic.groups.size());
    traffic.groups.resize(traffic.groups.size() + 2);
    for (int v = 0; v < size; ++v) {
      traffic.vertices.push_back({e + 1, 100});
      traffic.groups[static_cast<std::size_t>(ups + (v >= half))].push_back(first + v);
      traffic.nets.push_back({first + v, v < half ? ups + 1 : 0, v < half ? 1 : 2, load});
    }
    for (int h = 0; h < hubs; ++h)
      traffic.nets.push_back({h, ups, 0, load * 8});
  }
  return traffic;
}

} // namespace moesaic::mappings
