// Mappings full of numbers that refer to what exists, for tests of the file format.
#pragma once

#include <random>

#include "mappings/format/mapping.hpp"

namespace moesaic::mappings {

inline Mapping random_mapping(std::uint64_t seed, int size) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return static_cast<std::int32_t>(random() % n); };
  Mapping m;
  m.machine = "loihi2";
  m.workload = "it's a '# strange: & *name'";
  m.strategy = "annealing";
  m.seed = random() >> 1;
  m.chips_across = 1 + below(40);
  m.chips_down = 1 + below(40);
  m.resident = below(2) == 0;
  for (int i = 0; i < size; ++i)
    m.replicas.push_back(below(4));
  for (int i = 0; i < size; ++i)
    m.populations.push_back(
        {"expert " + std::to_string(i), below(9), below(static_cast<std::uint64_t>(size) + 1) - 1, below(3)});
  if (Replicas(m.replicas).any())
    m.replica_rule = static_cast<ReplicaRule>(below(3));
  const auto n = static_cast<std::uint64_t>(size);
  for (int i = 0; i < 3 * size; ++i) {
    m.cores.push_back({below(1600), below(128), below(n), below(9999), below(8192), below(100), below(100),
                       below(1u << 31)});
    m.slices.push_back(
        {below(n), below(4), below(3), below(7168), below(7168), below(2048), below(2048), 8, below(3 * n)});
    m.members.push_back({i / 3, below(3 * n)});
    m.sends.push_back({below(3 * n), below(n), below(7), below(8192), below(n + 1)});
    m.hops.push_back({i, below(9999), below(9999)});
  }
  return m;
}

} // namespace moesaic::mappings
