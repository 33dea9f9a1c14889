#include "hw/neuromorphic/fixed_point.hpp"

#include <cmath>
#include <stdexcept>

namespace moesaic::hw {
namespace {
constexpr int steps_per_unit_bits = 6; // 64 entries per unit
constexpr int range = 16;
} // namespace

Rescale::Rescale(double factor) {
  if (!(factor > 0) || factor >= 0x1p30)
    throw std::logic_error("a rescaling factor must lie between 0 and 2^30");
  int exponent = 0;
  const double mantissa = std::frexp(factor, &exponent); // 0.5 .. 1
  multiplier_ = std::llround(std::ldexp(mantissa, 24));
  shift_ = 24 - exponent;
}

std::int64_t Rescale::operator()(std::int64_t value) const {
  const std::int64_t product = value * multiplier_;
  if (shift_ <= 0)
    return product * (std::int64_t{1} << -shift_);
  if (shift_ > 62)
    return 0;
  return (product + (std::int64_t{1} << (shift_ - 1))) >> shift_;
}

SigmoidTable::SigmoidTable() {
  for (int i = 0; i <= 2 * range << steps_per_unit_bits; ++i) {
    const double x = static_cast<double>(i) / (1 << steps_per_unit_bits) - range;
    entry_.push_back(static_cast<std::int32_t>(std::lround(std::ldexp(1 / (1 + std::exp(-x)), output_bits))));
  }
}

std::int64_t SigmoidTable::operator()(std::int64_t x) const {
  constexpr std::int64_t offset = std::int64_t{range} << input_bits;
  constexpr int fraction_bits = input_bits - steps_per_unit_bits;
  if (x <= -offset)
    return entry_.front();
  if (x >= offset)
    return entry_.back();
  const std::int64_t at = x + offset;
  const auto i = static_cast<std::size_t>(at >> fraction_bits);
  const std::int64_t fraction = at & ((std::int64_t{1} << fraction_bits) - 1);
  const std::int64_t a = entry_[i], b = entry_[i + 1];
  return a + (((b - a) * fraction + (std::int64_t{1} << (fraction_bits - 1))) >> fraction_bits);
}

double SigmoidTable::error() {
  constexpr double step = 1.0 / (1 << steps_per_unit_bits), curvature = 0.0963; // max |s''| = 1 / (6 sqrt 3)
  return step * step / 8 * curvature + std::exp(-static_cast<double>(range)) + 0x1p-24;
}

} // namespace moesaic::hw
