// Synthetic traffic patterns, as functions from source to destination.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "hw/noc/topology.hpp"

namespace moesaic::hw::noc {

/// The generator's raw output as a number: the standard's distributions differ between libraries.
int random_below(std::mt19937_64& random, int limit);
double random_unit(std::mt19937_64& random); ///< in (0, 1], 53 bits

/// Patterns work on the grid of nodes: a router with 4 endpoints holds 2 x 2 nodes, others a row of them.
class Pattern {
 public:
  enum Kind { uniform, transpose, bit_complement, neighbour, hotspot, tornado };
  static const std::vector<std::string>& names(); ///< in the order of Kind

  /// Throws InputError: transpose needs a square grid of nodes; hotspots must exist, share in [0, 1].
  Pattern(Kind kind, const Topology& topology, std::vector<int> hotspots = {}, double hotspot_share = 0.2);

  /// uniform: any endpoint with equal chance, the source too. hotspot: with `hotspot_share` one of the
  /// hotspots, else uniform. tornado: half way round less one, in both dimensions. neighbour: one further in
  /// both dimensions.
  int destination(int source, std::mt19937_64& random) const;

 private:
  struct Place {
    int x, y;
  };
  Place place(int endpoint) const;
  int endpoint(Place place) const;
  Kind kind_;
  Topology topology_;
  int local_width_, local_height_; ///< nodes of one router
  int width_, height_;             ///< nodes of the grid
  std::vector<int> hotspots_;
  double hotspot_share_;
};

} // namespace moesaic::hw::noc
