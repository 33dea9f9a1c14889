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

/// The process of a die, as its description states it, and what of it shrinks with the node.
struct Process {
  double node = 0;           ///< metres
  double low = 0, high = 0;  ///< nodes that it may as well be counted as: makers' names do not compare
  std::vector<std::string> scales; ///< key paths (with all below them) of the die's own circuits
  std::string steady_clock;        ///< key path of the clock that `steady` counts; "": there is none
  std::vector<std::string> steady; ///< figures in cycles whose time is set by what lies off the die
};

/// The published factors of hw/technology/scaling.yaml. Between two nodes, values are interpolated on
/// logarithmic scales. All nodes are in metres; the same node to itself is exactly 1. The errors of what both
/// nodes rest on cancel, and a smaller node never costs more, as every source says of every step. Throw
/// InputError outside the nodes that are published.
class Technology {
 public:
  static Technology load();

  ScaleFactor energy(double from, double to) const; ///< of one switching action at nominal supply
  ScaleFactor delay(double from, double to) const;
  ScaleFactor area(double from, double to) const;

  /// The figure at the other node, by what it measures: energies with energy; times, cycles left out, with
  /// delay; frequencies, bandwidths and rates with 1 / delay; powers with energy / delay, both at the same end of
  /// their intervals, since a run takes both there, and no lower at an older node; areas with area. All else is returned unchanged. The intervals
  /// multiply, that of the process' own node included; confidence becomes low, the note tells both nodes.
  Figure scaled(const Figure& figure, const Process& from, double to) const;

 private:
  struct Row {
    double node = 0;
    Figure figure;           ///< of the row it is relative to, or of all that are relative to none
    int parent = -1;         ///< that row's index; -1: none
  };
  using Rows = std::vector<Row>; ///< from the largest node to the smallest
  static void add_row(Rows& rows, double node, const Figure& figure, double relative_to);
  static std::vector<double> weights(const Rows& rows, const char* what, double node);
  static ScaleFactor factor(const Rows& rows, const char* what, double from, double to);

  Rows energy_, delay_, area_;
};

/// Reads "28 nm". Throws InputError.
double parse_node(const std::string& text);
/// "28 nm".
std::string node_text(double node);

} // namespace moesaic::hw
