// The fixed-point arithmetic of soma programs: what fits a microcoded core, and how far it is off.
#pragma once

#include <cstdint>
#include <vector>

namespace moesaic::hw {

/// A factor as multiplier and shift, as integer hardware rescales an accumulator. Off by at most 2^-23 of the
/// result and half a unit.
class Rescale {
 public:
  /// `factor` > 0 and below 2^30. |value| must stay below 2^38.
  explicit Rescale(double factor = 1);
  std::int64_t operator()(std::int64_t value) const;
  static constexpr double relative_error = 0x1p-23;

 private:
  std::int64_t multiplier_ = 1;
  int shift_ = 0;
};

/// Sigmoid from a table of 2,049 entries over [-16, 16] with linear interpolation. Input with `input_bits`
/// fractional bits, output with 24.
class SigmoidTable {
 public:
  static constexpr int output_bits = 24, input_bits = 20;
  SigmoidTable();
  std::int64_t operator()(std::int64_t x) const;
  /// Largest error of the output for an input that is itself exact: interpolation h^2 / 8 max |s''|, the
  /// tails beyond 16, and the rounding of entries and result.
  static double error();

 private:
  std::vector<std::int32_t> entry_;
};

} // namespace moesaic::hw
