#include "hw/ledger.hpp"

#include <stdexcept>
#include <utility>

namespace moesaic::hw {

const char* to_string(EnergyKind kind) {
  switch (kind) {
  case EnergyKind::static_power:
    return "static";
  case EnergyKind::idle:
    return "idle";
  case EnergyKind::active:
    return "active";
  }
  return "?";
}

Ledger::Action Ledger::declare(std::string component, std::string action, const Figure& energy) {
  if (energy.dimension.exponent[Dimension::joule] != 1 || energy.dimension.exponent[Dimension::second] != 0)
    throw std::logic_error(energy.path + " is no energy per action");
  LedgerLine line;
  line.component = std::move(component);
  line.action = std::move(action);
  line.figure = energy;
  lines_.push_back(std::move(line));
  return lines_.size() - 1;
}

void Ledger::add_power(std::string component, std::string action, EnergyKind kind, const Figure& power,
                       double instances, double seconds, double seconds_low, double seconds_high) {
  if (power.dimension != dimension::power)
    throw std::logic_error(power.path + " is no power");
  LedgerLine line;
  line.component = std::move(component);
  line.action = std::move(action);
  line.kind = kind;
  line.figure = power;
  line.joules = power.value * instances * seconds;
  line.low = power.low * instances * seconds_low;
  line.high = power.high * instances * seconds_high;
  lines_.push_back(std::move(line));
}

std::vector<LedgerLine> Ledger::lines() const {
  std::vector<LedgerLine> lines = lines_;
  for (auto& line : lines) {
    if (line.kind != EnergyKind::active)
      continue;
    const auto n = static_cast<double>(line.count);
    line.joules = n * line.figure.value;
    line.low = n * line.figure.low;
    line.high = n * line.figure.high;
  }
  return lines;
}

} // namespace moesaic::hw
