// A program's run on a system of chips: builds the SystemC simulation, runs it, and keeps what was counted.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/ledger.hpp"
#include "hw/neuromorphic/activity.hpp"
#include "hw/neuromorphic/chip.hpp"
#include "hw/neuromorphic/program.hpp"
#include "hw/neuromorphic/step_record.hpp"

namespace moesaic::hw {

struct SystemRun {
  double seconds = 0;
  std::vector<StepRecord> steps;
  CoreCounts counts;
  std::uint64_t east_west_hops = 0, north_south_hops = 0, ejections = 0;
  std::uint64_t chip_crossings = 0; ///< messages over links between chips, those to and from switches
  std::vector<std::uint64_t> level_crossings; ///< of these over the links below each level of a tree's switches
  std::uint64_t flit_hops = 0; ///< router traversals, ejections included
  std::uint64_t gateway_messages = 0, longest_gateway_queue = 0, active_cores = 0;
  std::vector<double> soma_share, synapse_share; ///< of the run's time, by core of the program
  int routers_across = 0, routers_down = 0;
  std::vector<double> link_share; ///< by router, of the cycles its busiest link was taken
  std::vector<double> switch_share; ///< the same of a tree's switches
};

/// Runs `program` for `tokens` tokens, and for at least `least_steps` time steps. Throws InputError when it
/// does not fit the chip.
SystemRun run_system(const Chip& chip, const Program& program, Corner corner, Activity& activity,
                     std::int64_t tokens, std::int64_t least_steps = 0);

/// Enters the run's actions, and the static power of all chips over `seconds` (and the ends of its interval).
void enter_energy(Ledger& ledger, const Chip& chip, const Program& program, const SystemRun& run,
                  double seconds, double seconds_low, double seconds_high);

} // namespace moesaic::hw
