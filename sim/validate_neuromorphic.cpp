// Published figures of neuromorphic chips beside what small programs on the simulated ones give.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/document.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/matmul_free.hpp"
#include "mappings/neuromorphic/random_network.hpp"
#include "sim/commands.hpp"

namespace moesaic::sim {
namespace {

using mappings::StageInput;
using results::ValidationRow;

hw::Chip chip_named(const std::string& name) {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", name, "machine")));
}

/// One file of results/published.
class Published {
 public:
  explicit Published(const std::string& chip)
      : document_(Document::load(catalog_file("results/published", chip, "published figures"))),
        figures_(document_.root().at("figures")) {}
  Figure figure(const char* key, const Dimension& dimension) const { return figures_.figure(key, dimension); }
  ValidationRow row(const char* group, const std::string& what, const char* unit, double scale,
                    double simulated, const char* key, const Dimension& dimension, bool fitted) const {
    const Figure published = figure(key, dimension);
    return {group, what, unit, simulated / scale, published.value / scale, published.source, fitted};
  }

 private:
  Document document_;
  Node figures_;
};

struct Cost {
  double seconds = 0; ///< of the first step's work
  double joules = 0;  ///< active
  double operations = 0;
};

Cost cost_of(const hw::Chip& chip, const hw::Program& program) {
  hw::ScriptedActivity activity(program, {});
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
  hw::Ledger ledger;
  hw::enter_energy(ledger, chip, program, run, run.seconds, run.seconds, run.seconds);
  Cost cost{static_cast<double>(run.steps[0].work) * 1e-12, 0, static_cast<double>(run.counts.operations())};
  for (const auto& line : ledger.lines())
    if (line.kind == hw::EnergyKind::active && line.component != "core.soma")
      cost.joules += line.joules;
  return cost;
}

/// `sources` neurons, all of which feed all of `sinks` neurons.
hw::Program fan(const hw::Chip& chip, int sources, int sinks,
                hw::SynapseFormat format = hw::SynapseFormat::dense) {
  hw::Program program = mappings::make_stage_program(
      chip, "fan", 1,
      {{"sources", sources, 1, 0, {}, 0}, {"sinks", sinks, 1, 0, {{StageInput::dense, 0}}, 0}});
  for (auto& table : program.tables) {
    table.format = format;
    auto rows = std::make_shared<hw::SparseRows>();
    for (int r = 0; format == hw::SynapseFormat::sparse && r <= table.rows; ++r)
      rows->begin.push_back(static_cast<std::uint32_t>(r * table.columns));
    for (int i = 0; format == hw::SynapseFormat::sparse && i < table.rows * table.columns; ++i)
      rows->column.push_back(static_cast<std::uint16_t>(i % table.columns));
    table.sparse = rows;
  }
  return program;
}

/// Time and energy of one more synaptic operation.
Cost per_operation(const hw::Chip& chip, hw::SynapseFormat format) {
  const Cost few = cost_of(chip, fan(chip, 100, 100, format)),
             many = cost_of(chip, fan(chip, 100, 200, format));
  const double more = many.operations - few.operations;
  return {(many.seconds - few.seconds) / more, (many.joules - few.joules) / more, more};
}

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

double barrier_over(const hw::Chip& chip, int tiles) {
  hw::Program program = fan(chip, 1, 1);
  for (int tile = 0; tile < tiles; ++tile) {
    hw::Core core = program.cores.back();
    core.slot = tile * chip.cores_per_router + 2;
    core.tables = core.axons = 0;
    program.cores.push_back(core);
  }
  hw::ScriptedActivity activity(program, {});
  return static_cast<double>(hw::run_system(chip, program, Corner::nominal, activity, 1).steps[0].barrier) *
         1e-12;
}

void validate_loihi(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("loihi");
  const Published published("loihi");
  const Cost dense = per_operation(chip, hw::SynapseFormat::dense),
             sparse = per_operation(chip, hw::SynapseFormat::sparse);
  const Cost east_west = per_hop(chip, chip.cores_per_router);
  const Cost north_south = per_hop(chip, chip.cores_per_router * chip.mesh_width);
  const auto energy = [&](const char* group, const char* what, const Cost& cost, const char* key,
                          bool fitted) {
    rows.push_back(published.row(group, what, "pJ", 1e-12, cost.joules, key, dimension::energy, fitted));
  };
  const auto latency = [&](const char* group, const char* what, const Cost& cost, const char* key,
                           bool fitted) {
    rows.push_back(published.row(group, what, "ns", 1e-9, cost.seconds, key, dimension::time, fitted));
  };
  static const char* const calibrated =
      "Loihi, SANA-FE's calibration (the description's own figures, met by the simulation)";
  energy(calibrated, "dense synaptic operation, energy", dense, "dense_energy", true);
  latency(calibrated, "dense synaptic operation, time", dense, "dense_latency", true);
  energy(calibrated, "sparse synaptic operation, energy", sparse, "sparse_energy", true);
  latency(calibrated, "sparse synaptic operation, time", sparse, "sparse_latency", true);
  for (const int tiles : {1, 2, 4, 29}) {
    const std::string key = fmt::format("barrier_{}", tiles);
    rows.push_back(published.row(calibrated, fmt::format("barrier over {} tiles", tiles), "us", 1e-6,
                                 barrier_over(chip, tiles), key.c_str(), dimension::time, true));
  }
  static const char* const davies =
      "Loihi, Davies et al. 2018 (pre-silicon; the description follows SANA-FE)";
  energy(davies, "synaptic operation, energy", sparse, "davies_synapse_energy", false);
  latency(davies, "synaptic operation, time", dense, "davies_synapse_latency", false);
  energy(davies, "hop east or west, energy", east_west, "davies_east_west_energy", false);
  latency(davies, "hop east or west, time", east_west, "davies_east_west_latency", false);
  energy(davies, "hop north or south, energy", north_south, "davies_north_south_energy", false);
  latency(davies, "hop north or south, time", north_south, "davies_north_south_latency", false);
}

void validate_loihi2(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("loihi2");
  const Published published("loihi2");
  const mappings::MatmulFreeModel model;
  const hw::Program program = mappings::make_stage_program(chip, "MatMul-free 370M", model.blocks,
                                                           mappings::matmul_free_stages(model));
  hw::ScriptedActivity activity(program, {});
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
  hw::Ledger ledger;
  hw::enter_energy(ledger, chip, program, run, run.seconds, run.seconds, run.seconds);
  double joules = 0;
  for (const auto& line : ledger.lines())
    joules += line.joules;
  static const char* const group = "Loihi 2 (fitted: time and energy of a dense operation, static power)";
  rows.push_back(published.row(group, "MatMul-free 370M, 24 chips, generating", "tokens/s", 1,
                               1 / run.seconds, "matmul_free_rate", dimension::frequency, true));
  rows.push_back(published.row(group, "MatMul-free 370M, energy per token", "mJ", 1e-3, joules,
                               "matmul_free_energy", dimension::energy, true));
  const double chips = published.figure("halapoint_chips", dimension::count).value;
  const double rate = published.figure("halapoint_rate", dimension::frequency).value;
  rows.push_back(published.row(group, "Hala Point at its highest rate, power", "W", 1,
                               chips * chip.static_power.value +
                                   rate * per_operation(chip, hw::SynapseFormat::dense).joules,
                               "halapoint_power", dimension::power, true));
}

void validate_truenorth(std::vector<ValidationRow>& rows) {
  const hw::Chip chip = chip_named("truenorth");
  const Published published("truenorth");
  constexpr int neurons = 256, synapses = 128;
  const hw::Program program = mappings::make_random_network(chip, neurons, synapses, 1);
  double events = 0;
  const auto watts = [&](double hertz) {
    mappings::RateActivity activity(program, hertz * chip.tick->value, 7);
    const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1, 1);
    hw::Ledger ledger;
    hw::enter_energy(ledger, chip, program, run, run.seconds, run.seconds, run.seconds);
    double joules = 0;
    for (const auto& line : ledger.lines())
      joules += line.joules;
    events = static_cast<double>(run.counts.operations()) / run.seconds;
    return joules / run.seconds;
  };
  static const char* const group = "TrueNorth (fitted: event, update)";
  rows.push_back(published.row(group, "power at 11.58 Hz", "mW", 1e-3, watts(11.58), "power_at_11_58_hz",
                               dimension::power, true));
  rows.push_back(published.row(group, "power at 95.93 Hz", "mW", 1e-3, watts(95.93), "power_at_95_93_hz",
                               dimension::power, true));
  const double typical = watts(20);
  rows.push_back(
      published.row(group, "power at 20 Hz", "mW", 1e-3, typical, "power_typical", dimension::power, false));
  rows.push_back(published.row(group, "whole chip per synaptic event at 20 Hz", "pJ", 1e-12, typical / events,
                               "energy_per_event", dimension::energy, false));
}

/// All cores of a chip at work on dense rows, as many as they hold: operations (two per synaptic one) and
/// joules a second.
Cost peak_of(const hw::Chip& chip, int rows_in, int columns) {
  const hw::Program program = fan(chip, rows_in, columns);
  const Cost all = cost_of(chip, program);
  return {all.seconds, all.joules + chip.static_power.value * all.seconds, all.operations};
}

void validate_arrays(std::vector<ValidationRow>& rows) {
  static const char* const group = "MAC arrays (fitted: the peak rates are the descriptions')";
  const hw::Chip spinnaker = chip_named("spinnaker2");
  const Published published("spinnaker2");
  const Cost dense = peak_of(spinnaker, 64, (spinnaker.cores - 1) * 1400);
  rows.push_back(published.row(group, "SpiNNaker2, INT8", "TOPS", 1e12, 2 * dense.operations / dense.seconds,
                               "peak", dimension::operation_rate, true));
  rows.push_back(published.row(group, "SpiNNaker2, INT8 per watt", "TOPS/W", 1e12,
                               2 * dense.operations / dense.joules, "efficiency",
                               dimension::operations / dimension::energy, true));
  const double event = per_operation(spinnaker, hw::SynapseFormat::sparse).seconds;
  rows.push_back(published.row(group, "SpiNNaker2, synaptic events", "G/s", 1e9, spinnaker.cores / event,
                               "events", dimension::frequency, true));
  const hw::Chip northpole = chip_named("northpole");
  const Published rack("northpole");
  const double card = rack.figure("rack_peak_int4", dimension::operation_rate).value /
                      rack.figure("rack_cards", dimension::count).value;
  const Cost int8 = peak_of(northpole, 64, (northpole.cores - 1) * 10600);
  rows.push_back({group, "NorthPole, INT8 (half of INT4)", "TOPS", 2 * int8.operations / int8.seconds / 1e12,
                  card / 2 / 1e12, "debole2025", true});
}

} // namespace

std::vector<ValidationRow> validate_neuromorphic() {
  std::vector<ValidationRow> rows;
  validate_loihi(rows);
  validate_loihi2(rows);
  validate_truenorth(rows);
  validate_arrays(rows);
  return rows;
}

} // namespace moesaic::sim
