// Seeded randomness that gives the same bits under every compiler: the standard's distributions do not.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace moesaic::workloads {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t raw() { return engine_(); }
  /// In (0, 1): never 0, so that logarithms and powers of it are finite.
  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }
  /// In 0 .. count - 1. The bias of the remainder is below count / 2^64.
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  /// Exponential with mean 1.
  double exponential() { return -std::log(uniform()); }
  /// Standard normal (Box and Muller, one of the pair).
  double normal() {
    const double radius = std::sqrt(2 * exponential());
    return radius * std::cos(6.283185307179586 * uniform());
  }
  bool happens(double probability) { return uniform() < probability; }

 private:
  std::mt19937_64 engine_;
};

} // namespace moesaic::workloads
