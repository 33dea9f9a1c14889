#include "workloads/number_format.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"

namespace moesaic::workloads {

namespace {

const std::vector<std::string> names{"fp32", "bf16", "fp8_e4m3", "int8", "int4", "ternary", "binary"};

constexpr float largest_e4m3 = 448;

/// Distance between neighbouring E4M3 values at |x|: three fraction bits, the exponent never below -6.
float e4m3_step(float x) {
  return std::ldexp(1.0f, std::max(std::ilogb(x), -6) - 3);
}

float round_to_e4m3(float x) {
  if (x == 0)
    return x;
  const float step = e4m3_step(x);
  return std::clamp(std::nearbyint(x / step) * step, -largest_e4m3, largest_e4m3);
}

} // namespace

const char* to_string(NumberFormat format) {
  return names[static_cast<std::size_t>(format)].c_str();
}

NumberFormat number_format(const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw InputError(fmt::format("unknown number format '{}'{}", name, suggestion(name, names)));
  return static_cast<NumberFormat>(found - names.begin());
}

int bits_per_number(NumberFormat format) {
  static const int bits[] = {32, 16, 8, 8, 4, 2, 1};
  return bits[static_cast<std::size_t>(format)];
}

bool is_integer(NumberFormat format) {
  return format >= NumberFormat::int8;
}

float largest_code(NumberFormat format) {
  static const float largest[] = {0, 0, largest_e4m3, 127, 7, 1, 1};
  return largest[static_cast<std::size_t>(format)];
}

float round_to_format(NumberFormat format, float x) {
  switch (format) {
  case NumberFormat::fp32:
    return x;
  case NumberFormat::bf16:
    return round_to_bf16(std::clamp(x, -0x1.fep127f, 0x1.fep127f));
  case NumberFormat::fp8_e4m3:
    return round_to_e4m3(std::clamp(x, -largest_e4m3, largest_e4m3));
  case NumberFormat::binary:
    return x < 0 ? -1.0f : 1.0f;
  default:
    return std::clamp(std::nearbyint(x), -largest_code(format), largest_code(format));
  }
}

double half_step(NumberFormat format, float code) {
  switch (format) {
  case NumberFormat::fp32:
    return 0;
  case NumberFormat::bf16: // seven fraction bits; the exponent of a bf16 is never below -126
    return std::ldexp(0.5, std::max(code == 0 ? -126 : std::ilogb(code), -126) - 7);
  case NumberFormat::fp8_e4m3:
    return 0.5 * (code == 0 ? std::ldexp(1.0f, -9) : e4m3_step(code));
  case NumberFormat::binary:
    return 1;
  default:
    return 0.5;
  }
}

float e4m3_from_byte(std::uint8_t byte) {
  const float sign = byte & 0x80 ? -1.0f : 1.0f;
  const int exponent = byte >> 3 & 15, fraction = byte & 7;
  if (exponent == 15 && fraction == 7)
    return std::numeric_limits<float>::quiet_NaN();
  if (exponent == 0)
    return sign * std::ldexp(static_cast<float>(fraction), -9);
  return sign * std::ldexp(static_cast<float>(8 + fraction), exponent - 10);
}

std::uint8_t e4m3_to_byte(float value) {
  if (std::isnan(value))
    return 0x7f;
  const std::uint8_t sign = std::signbit(value) ? 0x80 : 0;
  const float magnitude = std::abs(round_to_format(NumberFormat::fp8_e4m3, value));
  if (magnitude < std::ldexp(1.0f, -6))
    return sign | static_cast<std::uint8_t>(std::ldexp(magnitude, 9));
  const int exponent = std::ilogb(magnitude);
  const int fraction = static_cast<int>(std::ldexp(magnitude, 3 - exponent)) - 8;
  return sign | static_cast<std::uint8_t>((exponent + 7) << 3 | fraction);
}

float f16_from_bits(std::uint16_t bits) {
  const float sign = bits & 0x8000 ? -1.0f : 1.0f;
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31)
    return fraction ? std::numeric_limits<float>::quiet_NaN() : sign * std::numeric_limits<float>::infinity();
  if (exponent == 0)
    return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}

} // namespace moesaic::workloads
