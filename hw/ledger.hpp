// The action ledger: components count actions as exact integers; energy is counts times a table, computed
// here only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "description/figure.hpp"

namespace moesaic::hw {

enum class EnergyKind { static_power, idle, active };

const char* to_string(EnergyKind kind);

/// Energy of one line in joules at the nominal value and at both ends of its interval.
struct LedgerLine {
  std::string component; ///< dotted path, for example "chip.core.synapse"
  std::string action;
  EnergyKind kind = EnergyKind::active;
  std::uint64_t count = 0; ///< actions (active), 0 for power lines
  double joules = 0, low = 0, high = 0;
  Figure figure; ///< energy per action, or power
};

class Ledger {
 public:
  using Action = std::size_t;

  /// Declares a counted action that costs `energy` each. Throws std::logic_error if it is no energy per
  /// action.
  Action declare(std::string component, std::string action, const Figure& energy);
  void count(Action action, std::uint64_t times = 1) { lines_[action].count += times; }
  std::uint64_t counted(Action action) const { return lines_[action].count; }

  /// A power that flows for `seconds` (nominal, and at the fast and slow end of the run's own interval),
  /// times `instances`.
  void add_power(std::string component, std::string action, EnergyKind kind, const Figure& power,
                 double instances, double seconds, double seconds_low, double seconds_high);

  /// All lines with their joules computed, in order of declaration.
  std::vector<LedgerLine> lines() const;

 private:
  std::vector<LedgerLine> lines_;
};

} // namespace moesaic::hw
