// Loihi 2: a language model, one token at a time and many in flight, and a spiking network that Intel measured.
#include "mappings/neuromorphic/matmul_free.hpp"
#include "sim/validation/chips.hpp"
#include "sim/validation/pilotnet.hpp"

namespace moesaic::sim {

using results::ValidationRow;

namespace {

hw::Program model_program(const hw::Chip& chip, int blocks) {
  mappings::MatmulFreeModel model;
  model.blocks = blocks;
  return mappings::make_stage_program(chip, "MatMul-free 370M", blocks, mappings::matmul_free_stages(model));
}

hw::SystemRun run_tokens(const hw::Chip& chip, const hw::Program& program, std::int64_t tokens) {
  hw::ScriptedActivity activity(program, {});
  return hw::run_system(chip, program, Corner::nominal, activity, tokens);
}

void validate_model(const hw::Chip& chip, const Published& published, std::vector<ValidationRow>& rows) {
  const int blocks = mappings::MatmulFreeModel{}.blocks;
  const hw::Program program = model_program(chip, blocks);
  const hw::SystemRun run = run_tokens(chip, program, 1);
  static const char* const group =
      "Loihi 2 (3 constants fitted to 4 figures: time and energy of a dense operation, static power)";
  rows.push_back(published.row(group, "MatMul-free 370M, 24 chips, generating", "tokens/s", 1,
                               1 / run.seconds, "matmul_free_rate", dimension::frequency, true));
  rows.push_back(published.row(group, "MatMul-free 370M, energy per token", "mJ", 1e-3,
                               joules_of(chip, program, run), "matmul_free_energy", dimension::energy, true));
  rows.push_back(published.row(group, "static power of a system of 16 chips", "W", 1,
                               16 * chip.static_power.value, "static_power_16", dimension::power, true));
  const double chips = published.value("halapoint_chips", dimension::count);
  const double rate = published.value("halapoint_rate", dimension::frequency);
  rows.push_back(published.row(group, "Hala Point at its highest rate, power", "W", 1,
                               chips * chip.static_power.value +
                                   rate * per_operation(chip, hw::SynapseFormat::dense).joules,
                               "halapoint_power", dimension::power, true));

  // Many tokens in flight: every chip works on its block at once. All blocks are alike, so one of them, filled, shows how
  // long a step takes; the barrier is that of all chips.
  const hw::Program block = model_program(chip, 1);
  const hw::SystemRun filled = run_tokens(chip, block, static_cast<std::int64_t>(block.populations.size()) + 1);
  const double step =
      static_cast<double>(filled.steps[block.populations.size()].work + run.steps[0].barrier) * 1e-12;
  const double active = joules_of(chip, program, run) - blocks * chip.static_power.value * run.seconds;
  rows.push_back(published.row(group, "MatMul-free 370M, 24 chips, prefill", "tokens/s", 1, 1 / step,
                               "prefill_rate", dimension::frequency, false));
  rows.push_back(published.row(group, "MatMul-free 370M, prefill, energy per token", "mJ", 1e-3,
                               active + blocks * chip.static_power.value * step, "prefill_energy", dimension::energy, false));
}

} // namespace

void validate_loihi2(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("loihi2");
  const Published published("loihi2");
  validate_model(chip, published, rows);

  static const char* const group =
      "Loihi 2, PilotNet LIF as Intel ran it on one chip (nothing fitted; the operations per core are the published ones)";
  const PilotNetCost cost = pilotnet_cost(chip);
  rows.push_back(published.row(group, "frames of 16 time steps", "frames/s", 1, 1 / cost.frame_seconds,
                               "pilotnet_rate", dimension::frequency, false));
  rows.push_back(published.row(group, "energy of a frame above that of the idle chip", "mJ", 1e-3, cost.frame_joules,
                               "pilotnet_dynamic_energy", dimension::energy, false));
  rows.push_back(published.row(group, "power, all of the chip's supplies", "W", 1,
                               chip.static_power.value + cost.frame_joules / cost.frame_seconds, "pilotnet_power",
                               dimension::power, false));
}

} // namespace moesaic::sim
