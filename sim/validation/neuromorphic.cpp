// Published figures of neuromorphic chips beside what small programs on the simulated ones give.
#include "mappings/neuromorphic/random_network.hpp"
#include "sim/validation/chips.hpp"
#include "sim/validation/validate.hpp"

namespace moesaic::sim {

using results::ValidationRow;

void validate_truenorth(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("truenorth");
  const Published published("truenorth");
  constexpr int neurons = 256, synapses = 128;
  const hw::Program program = mappings::make_random_network(chip, neurons, synapses, 1);
  double events = 0;
  const auto watts = [&](double hertz) {
    mappings::RateActivity activity(program, hertz * chip.tick->value, 7);
    const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1, 1);
    events = static_cast<double>(run.counts.operations()) / run.seconds;
    return joules_of(chip, program, run) / run.seconds;
  };
  static const char* const group = "TrueNorth at 0.8 V (2 constants fitted to 2 figures: event, update)";
  rows.push_back(published.row(group, "power at 11.58 Hz", "mW", 1e-3, watts(11.58), "power_at_11_58_hz",
                               dimension::power, true));
  rows.push_back(published.row(group, "power at 95.93 Hz", "mW", 1e-3, watts(95.93), "power_at_95_93_hz",
                               dimension::power, true));
  rows.push_back(published.row(group, "power at 20.07 Hz", "mW", 1e-3, watts(20.07), "power_at_20_07_hz",
                               dimension::power, false));
  const double typical = watts(20);
  rows.push_back(
      published.row(group, "power at 20 Hz (published at 0.75 V)", "mW", 1e-3, typical, "power_typical", dimension::power, false));
  rows.push_back(published.row(group, "whole chip per event at 20 Hz (0.775 V)", "pJ", 1e-12, typical / events,
                               "energy_per_event", dimension::energy, false));
}

std::vector<ValidationRow> validate_neuromorphic() {
  std::vector<ValidationRow> rows;
  validate_loihi(rows);
  validate_loihi2(rows);
  validate_truenorth(rows);
  validate_spinnaker2(rows);
  validate_northpole(rows);
  return rows;
}

} // namespace moesaic::sim
