// Arithmetic on floating-point bits that every compiler and C library gives alike.
#pragma once

#include <cstdint>
#include <cstring>

namespace moesaic::workloads {

inline std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float float_of(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The nearest bfloat16 (ties to even), as a float. Infinities and NaN stay.
inline float round_to_bf16(float value) {
  const std::uint32_t bits = bits_of(value);
  if ((bits & 0x7f800000u) == 0x7f800000u)
    return value;
  return float_of((bits + 0x7fffu + ((bits >> 16) & 1)) & 0xffff0000u);
}

/// e^x in fp32, within 2 units in the last place. Branch-free, so that loops over it vectorise; x is held to
/// [-87, 88], beyond which fp32 has no normal result.
inline float exp_fp32(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifted =
      x * 1.44269504f + 12582912.0f; // 1.5 * 2^23: the low bits now hold the nearest integer
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f; // ln 2 in two parts
  float p = 1.9875691500e-4f; // Cephes' minimax polynomial on [-ln2/2, ln2/2]
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float mantissa = (p * r * r + r) + 1.0f;
  return mantissa * float_of((bits_of(shifted) + 127u) << 23);
}

inline float sigmoid_fp32(float x) {
  return 1.0f / (1.0f + exp_fp32(-x));
}

} // namespace moesaic::workloads
