// Small number formats: their representable values, and rounding to the nearest.
#pragma once

#include <cstdint>
#include <string>

namespace moesaic::workloads {

/// int8 and int4 are symmetric (-127..127, -7..7); ternary is -1, 0, 1; binary is -1, 1. fp8_e4m3 is the OCP
/// format without infinities, largest 448.
enum class NumberFormat { fp32, bf16, fp8_e4m3, int8, int4, ternary, binary };

const char* to_string(NumberFormat format);
/// Throws InputError with the nearest name.
NumberFormat number_format(const std::string& name);
int bits_per_number(NumberFormat format);
bool is_integer(NumberFormat format); ///< codes are small integers

/// Largest magnitude of a code; 0 where the format needs no scale (fp32, bf16).
float largest_code(NumberFormat format);

/// The code nearest to `x` (ties to even; binary: the sign, 0 counts as positive). Beyond the range: the
/// largest code. Monotone in x. x must not be NaN.
float round_to_format(NumberFormat format, float x);

/// Half the distance from `code` to its neighbour away from zero: what round_to_format is off by at most, for
/// x within the range (binary and ternary: for |x| <= 1.5).
double half_step(NumberFormat format, float code);

/// FP8 E4M3 from its byte, and back; the NaN codes 0x7f and 0xff give NaN.
float e4m3_from_byte(std::uint8_t byte);
std::uint8_t e4m3_to_byte(float value);
/// IEEE half precision from its bits.
float f16_from_bits(std::uint16_t bits);

} // namespace moesaic::workloads
