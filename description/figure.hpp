// A figure: one constant of a description, with unit, source and confidence.
#pragma once

#include <string>

#include "description/unit.hpp"

namespace moesaic {

/// How far a figure is to be trusted; each widens into an interval unless the description states one.
/// exact: an architectural count, no width. high: measured or published by its makers, +-10 %.
/// medium: derived from published figures, +-30 %. low: recalled, scaled or assumed, half to double.
enum class Confidence { exact, high, medium, low };

const char* to_string(Confidence confidence);

/// Which end of every figure's interval a simulation takes: `fast` is the short times and the high rates.
enum class Corner { nominal, fast, slow };

/// Values are in base units (s, J, W, Hz, B, B/s, cycles, op ...); low <= value <= high.
struct Figure {
  double value = 0;
  double low = 0;
  double high = 0;
  Dimension dimension;
  std::string unit;   ///< as written in the description
  std::string path;   ///< dotted key path, for example "core.synapse.energy"
  std::string source; ///< key of the description's `sources`
  std::string note;
  Confidence confidence = Confidence::exact;

  /// The value at a corner. Times and cycles are fast when low; rates, bandwidths and frequencies when high;
  /// figures that say nothing about time (energies, powers, sizes, counts) stay at their value.
  double at(Corner corner) const;

  /// A figure computed from others, which names what it was computed from in `source`.
  static Figure derived(double value, double low, double high, Dimension dimension, std::string path,
                        std::string source, Confidence confidence);
};

} // namespace moesaic
