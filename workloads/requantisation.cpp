// Quantising a vector that is only known to lie in intervals: the scale, too, is an interval then.
#include <algorithm>
#include <cmath>
#include <vector>

#include "workloads/approximation.hpp"

namespace moesaic::workloads {

namespace {

struct Ends {
  double low = 0, high = 0;
};

/// The scale that quantise() may compute for the block [first, last) of x.
Ends scale_ends(const Approximation& x, NumberFormat format, std::size_t first, std::size_t last) {
  Ends largest, mean;
  for (std::size_t i = first; i < last; ++i) {
    const double magnitude = std::abs(x.nominal[i]);
    const double low = std::max(0.0, magnitude - x.radius[i]), high = magnitude + x.radius[i];
    largest = {std::max(largest.low, low), std::max(largest.high, high)};
    mean.low += low / static_cast<double>(last - first);
    mean.high += high / static_cast<double>(last - first);
  }
  const double slack = 0x1p-22; // fp32 rounding of the values and of the scale
  return {block_scale(format, largest.low, mean.low) * (1 - slack),
          block_scale(format, largest.high, mean.high) * (1 + slack)};
}

/// Range of code * scale for a value in [low, high]: rounding is monotone, so the corners decide.
Ends value_ends(NumberFormat format, double low, double high, Ends scale) {
  if (scale.high == 0)
    return {0, 0};
  const double smallest = std::max(scale.low, 1e-30); // below, block_scale gives 0 (all zeros) or 1e-30
  const auto code = [format](double quotient) {
    return double{round_to_format(format, static_cast<float>(quotient))};
  };
  const double slack = 0x1p-22;
  const auto lowest = [&](double v) {
    return std::min(v / smallest, v / scale.high) - std::abs(v / smallest) * slack;
  };
  const double c_low = code(lowest(low)), c_high = code(-lowest(-high));
  return {std::min(c_low * scale.low, c_low * scale.high), std::max(c_high * scale.low, c_high * scale.high)};
}

} // namespace

Approximation quantised(const Approximation& x, NumberFormat format, BlockShape block) {
  Matrix row(1, static_cast<int>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i)
    row.value[i] = static_cast<float>(x.nominal[i]);
  const Quantised q = quantise(row, format, {1, block.cols});
  Approximation y = x;
  for (int i = 0; i < row.cols; ++i)
    y.nominal[static_cast<std::size_t>(i)] = q.value(0, i);
  const auto width = static_cast<std::size_t>(q.block.cols);
  for (std::size_t first = 0; first < x.size(); first += width) {
    const std::size_t last = std::min(first + width, x.size());
    bool known =
        std::all_of(x.radius.begin() + static_cast<std::ptrdiff_t>(first),
                    x.radius.begin() + static_cast<std::ptrdiff_t>(last), [](double r) { return r == 0; });
    for (std::size_t i = first; i < last; ++i)
      known &= x.nominal[i] == row.value[i];
    if (known)
      continue;
    const Ends scale = scale_ends(x, format, first, last);
    for (std::size_t i = first; i < last; ++i) {
      const double slack =
          x.radius[i] + std::abs(x.nominal[i]) * 0x1p-23; // the machine's copy is an fp32 number
      const Ends value = value_ends(format, x.nominal[i] - slack, x.nominal[i] + slack, scale);
      y.radius[i] = std::max({value.high - y.nominal[i], y.nominal[i] - value.low, 0.0});
    }
  }
  return y;
}

} // namespace moesaic::workloads
