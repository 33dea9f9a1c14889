// Process nodes: what a circuit's energy, delay and area become at another one.
#pragma once

#include <string>
#include <vector>

#include "description/figure.hpp"

namespace moesaic::hw {

/// A ratio with its interval.
struct ScaleFactor {
  double value = 1, low = 1, high = 1;
};

/// The published factors of hw/technology/scaling.yaml. Between two nodes, values are interpolated on
/// logarithmic scales. All nodes are in metres; the same node to itself is exactly 1. Throw InputError
/// outside the nodes that are published.
class Technology {
 public:
  static Technology load();

  ScaleFactor energy(double from, double to) const; ///< of one switching action at nominal supply
  ScaleFactor delay(double from, double to) const;
  ScaleFactor area(double from, double to) const;

  /// The figure at the other node, by what it measures: energies with energy; times, cycles left out, with
  /// delay; frequencies, bandwidths and rates with 1 / delay; powers with energy / delay; areas with area.
  /// All else is returned unchanged. The intervals multiply, confidence becomes low, the note tells both
  /// nodes.
  Figure scaled(const Figure& figure, double from, double to) const;

 private:
  struct Row {
    double node = 0;
    Figure figure;
  };
  using Rows = std::vector<Row>; ///< from the largest node to the smallest
  static ScaleFactor factor(const Rows& rows, const char* what, double from, double to);

  Rows energy_, delay_, area_;
};

/// Reads "28 nm". Throws InputError.
double parse_node(const std::string& text);

} // namespace moesaic::hw
