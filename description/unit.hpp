// Physical units as text ("35.5 pJ", "3350 GB/s"), read into base units with their dimension checked.
#pragma once

#include <array>
#include <string>

namespace moesaic {

/// Exponents of the base units: second, joule, byte, clock cycle, operation, metre, volt.
/// Watt is J/s and hertz 1/s. Counting words (cores, neurons, tokens ...) have no dimension.
struct Dimension {
  enum Base { second, joule, byte, cycle, operation, metre, volt, base_count };
  std::array<int, base_count> exponent{};

  friend bool operator==(const Dimension& a, const Dimension& b) { return a.exponent == b.exponent; }
  friend bool operator!=(const Dimension& a, const Dimension& b) { return !(a == b); }
  friend Dimension operator*(Dimension a, const Dimension& b);
  friend Dimension operator/(Dimension a, const Dimension& b);

  /// As a person reads it: "energy (J)", "bandwidth (B/s)", or "s^2 B^-1" where there is no common name.
  std::string name() const;
};

namespace dimension {
extern const Dimension count, time, energy, power, frequency, data, bandwidth, cycles, operations,
    operation_rate, energy_per_byte, energy_per_operation, cycles_per_byte, length, area, voltage;
}

/// A number in base units, and how it was written.
struct Quantity {
  double value = 0;
  Dimension dimension;
  std::string unit; ///< as written, for example "pJ"
};

/// Reads "35.5 pJ", "450 GB/s", "0.32 pJ/op", "128 cores". Decimal prefixes are powers of 1000, Ki Mi Gi of
/// 1024; bit is 1/8 byte. Throws InputError (without a place) when there is no unit or it is unknown.
Quantity parse_quantity(const std::string& text);

/// `value` (base units) with the prefix that gives one to three digits before the point: "1.9 mJ", "12.4 us".
std::string format_quantity(double value, const std::string& base_unit, int significant = 3);

} // namespace moesaic
