// Loihi's operations, hops and barrier, and a language model on Loihi 2.
#include <algorithm>

#include <fmt/format.h>

#include "mappings/neuromorphic/matmul_free.hpp"
#include "sim/validation/chips.hpp"
#include "sim/validation/validate.hpp"

namespace moesaic::sim {

using results::ValidationRow;

namespace {

/// Time and energy of one more hop, by moving the sink `stride` cores at a time.
Cost per_hop(const hw::Chip& chip, int stride) {
  const auto at = [&](int hops) {
    hw::Program program = fan(chip, 1, 1);
    program.cores.back().slot = 1 + hops * stride;
    return cost_of(chip, program);
  };
  const Cost near = at(1), far = at(3);
  return {(far.seconds - near.seconds) / 2, (far.joules - near.joules) / 2, 0};
}

/// Time of one more neuron that is updated and does not fire, and its energy: access and update.
Cost per_update(const hw::Chip& chip) {
  class Silent : public hw::Activity {
    void run(std::int32_t, std::int64_t, hw::Firing&) override {}
    bool carries_values() const override { return false; }
    void receive(std::int32_t, std::int32_t, std::int32_t, std::uint32_t, std::int64_t) override {}
  };
  const auto at = [&](int neurons) {
    hw::Program program = fan(chip, neurons, 1);
    program.cores.resize(1);
    Silent silent;
    const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, silent, 1);
    return Cost{static_cast<double>(run.steps[0].work) * 1e-12,
                joules_of(chip, program, run) - chip.static_power.value * run.seconds, 0};
  };
  const Cost few = at(500), many = at(1000);
  return {(many.seconds - few.seconds) / 500, (many.joules - few.joules) / 500, 0};
}

/// Energy and time of one more neuron of a core that nothing reaches.
Cost per_idle_update(const hw::Chip& chip) {
  const auto at = [&](int neurons) {
    hw::Program program = fan(chip, 1, neurons);
    program.axons.clear();
    for (auto& core : program.cores)
      core.axons = 0;
    hw::ScriptedActivity activity(program, {});
    const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
    return Cost{static_cast<double>(run.steps[0].work) * 1e-12, joules_of(chip, program, run) - chip.static_power.value * run.seconds, 0};
  };
  const Cost few = at(500), many = at(1000);
  return {(many.seconds - few.seconds) / 500, (many.joules - few.joules) / 500, 0};
}

/// Over `tiles` of one chip, in a grid of chips of which the others have one core in use each.
double barrier_over(const hw::Chip& chip, int tiles, int across = 1, int down = 1) {
  hw::Program program = fan(chip, 1, 1);
  program.grid_width = across;
  program.grid_height = down;
  program.chips = across * down;
  hw::Core core = program.cores.back();
  core.tables = core.axons = 0;
  for (int tile = 0; tile < tiles; ++tile) {
    core.slot = tile * chip.cores_per_router + 2;
    program.cores.push_back(core);
  }
  for (core.chip = 1; core.chip < program.chips; ++core.chip)
    program.cores.push_back(core);
  hw::ScriptedActivity activity(program, {});
  return static_cast<double>(hw::run_system(chip, program, Corner::nominal, activity, 1).steps[0].barrier) *
         1e-12;
}

/// Rows of one group with energies in pJ and times in ns.
struct Group {
  const char* name;
  const Published& published;
  std::vector<ValidationRow>& rows;
  bool fitted;
  void energy(const char* what, double joules, const char* key) const {
    rows.push_back(published.row(name, what, "pJ", 1e-12, joules, key, dimension::energy, fitted));
  }
  void time(const std::string& what, double seconds, const char* key) const {
    rows.push_back(published.row(name, what, "ns", 1e-9, seconds, key, dimension::time, fitted));
  }
};

} // namespace

void validate_loihi(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("loihi");
  const Published published("loihi");
  const Cost dense = per_operation(chip, hw::SynapseFormat::dense),
             sparse = per_operation(chip, hw::SynapseFormat::sparse),
             convolution = per_operation(chip, hw::SynapseFormat::convolution);
  const Group calibrated{"Loihi, SANA-FE's calibration (the description's own figures, met by the simulation)",
                         published, rows, true};
  calibrated.energy("dense synaptic operation, energy", dense.joules, "dense_energy");
  calibrated.time("dense synaptic operation, time", dense.seconds, "dense_latency");
  calibrated.energy("sparse synaptic operation, energy", sparse.joules, "sparse_energy");
  calibrated.time("sparse synaptic operation, time", sparse.seconds, "sparse_latency");
  calibrated.energy("convolution synaptic operation, energy", convolution.joules, "convolution_energy");
  calibrated.time("convolution synaptic operation, time", convolution.seconds, "convolution_latency");
  for (const int tiles : {1, 2, 4, 29})
    calibrated.time(fmt::format("barrier over {} tiles", tiles), barrier_over(chip, tiles),
                    fmt::format("barrier_{}", tiles).c_str());

  // Its synaptic operation is stated as a least energy and a most time, so the cheapest and the slowest format
  // stand beside them.
  const Group davies{"Loihi, Davies et al. 2018, Table 2 (before silicon; the description follows SANA-FE, measured on it)", published,
                     rows, false};
  const Cost update = per_update(chip), east_west = per_hop(chip, chip.cores_per_router),
             north_south = per_hop(chip, chip.cores_per_router * chip.mesh_width);
  davies.energy("synaptic operation, energy (min)", std::min({dense.joules, sparse.joules, convolution.joules}),
                "davies_synapse_energy");
  davies.time("synaptic operation, time (max)", std::max({dense.seconds, sparse.seconds, convolution.seconds}),
              "davies_synapse_latency");
  davies.energy("neuron update, energy", update.joules, "davies_update_energy");
  davies.time("neuron update, time", update.seconds, "davies_update_latency");
  const Cost idle = per_idle_update(chip);
  davies.energy("inactive neuron update, energy", idle.joules, "davies_idle_energy");
  davies.time("inactive neuron update, time", idle.seconds, "davies_idle_latency");
  davies.energy("hop north or south, energy", north_south.joules, "davies_north_south_energy");
  // SANA-FE's description, and with it this one, took these three from the table itself.
  const Group taken{davies.name, published, rows, true};
  taken.energy("hop east or west, energy", east_west.joules, "davies_east_west_energy");
  taken.time("hop east or west, time", east_west.seconds, "davies_east_west_latency");
  taken.time("hop north or south, time", north_south.seconds, "davies_north_south_latency");

  const Group board{"Loihi, Frady et al. 2020: barrier over many chips (fitted: time per border of chips)", published, rows, false};
  board.time("barrier over 4 x 64 chips", barrier_over(chip, 32, 4, 64), "barrier_256_chips");
  const Group whole{board.name, published, rows, true};
  whole.time("barrier over 12 x 64 chips", barrier_over(chip, 32, 12, 64), "barrier_768_chips");

  const Group mesh{"Loihi, Davies et al. 2018: barrier of the mesh alone (the description's, calibrated, spans all that "
                   "ends a step)",
                   published, rows, false};
  mesh.time("barrier over 1 tile", barrier_over(chip, 1), "davies_barrier_1");
  mesh.time("barrier over 32 tiles", barrier_over(chip, 32), "davies_barrier_32");
}

void validate_loihi2(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("loihi2");
  const Published published("loihi2");
  const mappings::MatmulFreeModel model;
  const hw::Program program = mappings::make_stage_program(chip, "MatMul-free 370M", model.blocks,
                                                           mappings::matmul_free_stages(model));
  hw::ScriptedActivity activity(program, {});
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
  static const char* const group =
      "Loihi 2 (fitted: time and energy of a dense operation, static power between two figures)";
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
}

} // namespace moesaic::sim
