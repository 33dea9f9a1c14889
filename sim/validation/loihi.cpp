// Loihi's operations, hops and barrier.
#include <algorithm>

#include <fmt/format.h>

#include "mappings/neuromorphic/stage_graph.hpp"
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

/// Energy under `action` of one more of 100 neurons that fire.
double per_firing(const hw::Chip& chip, const char* action) {
  const auto at = [&](int neurons) {
    const hw::Program program = fan(chip, neurons, 1);
    hw::ScriptedActivity activity(program, {});
    const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
    hw::Ledger ledger;
    hw::enter_energy(ledger, chip, program, run, run.seconds, run.seconds, run.seconds);
    double joules = 0;
    for (const auto& line : ledger.lines())
      joules += line.action == action ? line.joules : 0;
    return joules;
  };
  return (at(200) - at(100)) / 100;
}

/// Time of one more neuron that is updated and fires, and of one more message into a core that four others keep busy.
double per_spike(const hw::Chip& chip) {
  return (cost_of(chip, fan(chip, 200, 1)).seconds - cost_of(chip, fan(chip, 100, 1)).seconds) / 100;
}
double per_message_in(const hw::Chip& chip) {
  return (cost_of(chip, fan(chip, 4096, 1)).seconds - cost_of(chip, fan(chip, 3072, 1)).seconds) / 1024;
}

/// Time of one more message of a spike: 20 or 40 cores that hear one neuron, each by a message of its own.
double per_message_out(const hw::Chip& chip) {
  const auto at = [&](int sinks) {
    std::vector<mappings::NeuronStage> stages = {{"source", 1, 1, 0, {}, 0}};
    for (int i = 0; i < sinks; ++i)
      stages.push_back({fmt::format("sink {}", i), 1, 1, 0, {{mappings::StageInput::dense, 0}}, 0});
    hw::Program program = mappings::make_stage_program(chip, "messages", 1, stages);
    for (auto& table : program.tables) // all in the first step
      table.delay = 1;
    program.cores.back().slot = chip.cores - 1; // the farthest one, of the last message, is as far in both
    return cost_of(chip, program).seconds;
  };
  return (at(40) - at(20)) / 20;
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

/// Active energy of a query of Frady et al. 2020: `spikes` of 1,000 inputs reach every one of 76,800 stored patterns on a board
/// of 32 chips, and all pattern neurons are visited in each of 60 time steps.
double query_joules(const hw::Chip& chip, int spikes) {
  constexpr int chips = 32, patterns = 76800, steps = 60;
  std::vector<mappings::NeuronStage> stages = {{"query", spikes, 1, 0, {}, 0}};
  for (int c = 0; c < chips; ++c)
    stages.push_back({fmt::format("patterns {}", c), patterns / chips, 1, 0, {{mappings::StageInput::dense, 0}}, c});
  const hw::Program program = mappings::make_stage_program(chip, "nearest neighbours", chips, stages);
  hw::ScriptedActivity activity(program, {});
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1, steps);
  return joules_of(chip, program, run) - chips * chip.static_power.value * run.seconds;
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
  const Group calibrated{"Loihi, SANA-FE's calibration (23 constants, the description's own figures: they show that the simulation keeps them)",
                         published, rows, true};
  calibrated.energy("dense synaptic operation, energy", dense.joules, "dense_energy");
  calibrated.time("dense synaptic operation, time", dense.seconds, "dense_latency");
  calibrated.energy("sparse synaptic operation, energy", sparse.joules, "sparse_energy");
  calibrated.time("sparse synaptic operation, time", sparse.seconds, "sparse_latency");
  calibrated.energy("convolution synaptic operation, energy", convolution.joules, "convolution_energy");
  calibrated.time("convolution synaptic operation, time", convolution.seconds, "convolution_latency");
  const Cost update = per_update(chip), idle = per_idle_update(chip);
  calibrated.energy("neuron access, energy", idle.joules, "access_energy");
  calibrated.time("neuron access, time", idle.seconds, "access_latency");
  calibrated.energy("neuron update beyond its access, energy", update.joules - idle.joules, "update_energy");
  calibrated.time("neuron update beyond its access, time", update.seconds - idle.seconds, "update_latency");
  calibrated.energy("spike out, energy", per_firing(chip, "spike"), "spike_energy");
  calibrated.time("spike out, time", per_spike(chip) - update.seconds, "spike_latency");
  calibrated.energy("message out, energy", per_firing(chip, "message out"), "message_out_energy");
  calibrated.time("message out, time", per_message_out(chip), "message_out_latency");
  calibrated.time("message in, time", per_message_in(chip), "message_in_latency");
  const Cost east_west = per_hop(chip, chip.cores_per_router), north_south = per_hop(chip, chip.cores_per_router * chip.mesh_width);
  calibrated.energy("hop east or west, energy", east_west.joules, "east_west_energy");
  calibrated.time("hop east or west, time", east_west.seconds, "east_west_latency");
  calibrated.energy("hop north or south, energy", north_south.joules, "north_south_energy");
  calibrated.time("hop north or south, time", north_south.seconds, "north_south_latency");
  for (const int tiles : {1, 2, 4, 29})
    calibrated.time(fmt::format("barrier over {} tiles", tiles), barrier_over(chip, tiles),
                    fmt::format("barrier_{}", tiles).c_str());

  // Its synaptic operation is stated as a least energy and a most time, so the cheapest and the slowest format
  // stand beside them.
  const Group davies{"Loihi, Davies et al. 2018, Table 2 (before silicon; the description follows SANA-FE, fitted to silicon; 3 constants taken from here)", published,
                     rows, false};
  davies.energy("synaptic operation, energy (min)", std::min({dense.joules, sparse.joules, convolution.joules}),
                "davies_synapse_energy");
  davies.time("synaptic operation, time (max)", std::max({dense.seconds, sparse.seconds, convolution.seconds}),
              "davies_synapse_latency");
  davies.energy("neuron update, energy", update.joules, "davies_update_energy");
  davies.time("neuron update, time", update.seconds, "davies_update_latency");
  davies.energy("inactive neuron update, energy", idle.joules, "davies_idle_energy");
  davies.time("inactive neuron update, time", idle.seconds, "davies_idle_latency");
  davies.energy("hop north or south, energy", north_south.joules, "davies_north_south_energy");
  // SANA-FE's description, and with it this one, took these three from the table itself.
  const Group taken{davies.name, published, rows, true};
  taken.energy("hop east or west, energy", east_west.joules, "davies_east_west_energy");
  taken.time("hop east or west, time", east_west.seconds, "davies_east_west_latency");
  taken.time("hop north or south, time", north_south.seconds, "davies_north_south_latency");

  // Its barrier is that of the mesh alone; the description's, calibrated, spans all that ends a step and has no such part.
  const std::size_t first = rows.size();
  davies.time("barrier of the mesh alone, 1 tile", barrier_over(chip, 1), "davies_barrier_1");
  davies.time("barrier of the mesh alone, 32 tiles", barrier_over(chip, 32), "davies_barrier_32");
  for (std::size_t i = first; i < rows.size(); ++i)
    rows[i].apart = "another quantity: simulated is all that ends a step";

  const Group board{"Loihi, Frady et al. 2020: barrier over many chips (1 constant fitted: time per border of chips)", published, rows, false};
  board.time("barrier over 4 x 64 chips", barrier_over(chip, 32, 4, 64), "barrier_256_chips");
  const Group whole{board.name, published, rows, true};
  whole.time("barrier over 12 x 64 chips", barrier_over(chip, 32, 12, 64), "barrier_768_chips");

  // Between two thirds and three quarters of the 1,000 inputs spike.
  rows.push_back(published.row("Loihi, Frady et al. 2020: nearest neighbours on a board of 32 chips (nothing fitted)",
                               "neuromorphic cores, energy per query of 76,800 patterns", "mJ", 1e-3,
                               query_joules(chip, 708), "query_energy", dimension::energy, false));
}

} // namespace moesaic::sim
