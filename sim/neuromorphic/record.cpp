#include "sim/neuromorphic/record.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "hw/neuromorphic/chip_tree.hpp"
#include "hw/process_node.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "sim/machine/record_parts.hpp"
#include "sim/machine/resident_model.hpp"
#include "sim/neuromorphic/energy_lines.hpp"
#include "sim/neuromorphic/record_pictures.hpp"
#include "sim/neuromorphic/step_waits.hpp"

namespace moesaic::sim {
namespace {

void record_time(const NeuromorphicRuns& runs, results::RunRecord& record) {
  const results::Interval seconds = batch_seconds(runs);
  record.seconds = {seconds.nominal, seconds.low * std::min(1.0, runs.fast), seconds.high * std::max(1.0, runs.slow)};
  StepWaits w;
  w.add(runs.nominal.steps);
  set_bound(w.shares(), record);
}

void record_stages(const NeuromorphicRuns& runs, results::RunRecord& record) {
  std::int64_t number = 0;
  for (const auto& step : runs.nominal.steps)
    record.stages.push_back({step_name(runs.tokens, number++), static_cast<double>(step.start) * 1e-12,
                             static_cast<double>(step.work + step.barrier) * 1e-12});
}

void record_statistics(const NeuromorphicRuns& runs, const hw::Chip& chip, const hw::Program& program,
                       const workloads::MoeLayer& layer, double static_watts, results::RunRecord& record) {
  const hw::SystemRun& run = runs.nominal;
  const double scale = static_cast<double>(runs.tokens) / runs.simulated;
  const auto add = [&](const char* name, const char* unit, const char* text, double value) {
    record.statistics.push_back({name, unit, "total", text, value});
  };
  add("flit_hops", "flits", "router traversals of all messages", scale * static_cast<double>(run.flit_hops));
  add("chip_crossings", "messages", "messages over links between chips",
      scale * static_cast<double>(run.chip_crossings));
  for (std::size_t level = 0; level < run.level_crossings.size(); ++level) {
    const std::string name = fmt::format("level_{}_crossings", level + 1),
                      text = fmt::format("messages over links below switches of level {}", level + 1);
    add(name.c_str(), "messages", text.c_str(), scale * static_cast<double>(run.level_crossings[level]));
  }
  add("messages", "messages", "messages that cores sent", scale * static_cast<double>(run.counts.axon_out));
  add("deliveries", "messages", "messages that cores took in",
      scale * static_cast<double>(run.counts.axon_in));
  add("synaptic_operations", "operations", "weights multiplied and accumulated",
      scale * static_cast<double>(run.counts.operations()));
  add("spikes", "spikes", "neurons fired", scale * static_cast<double>(run.counts.spikes));
  add("active_cores", "cores", "cores that took part", static_cast<double>(run.active_cores));
  add("cores", "cores", "cores that hold weights or neurons", static_cast<double>(program.cores.size()));
  add("time_steps", "steps", "barrier-synchronised time steps simulated",
      static_cast<double>(run.steps.size()));
  if (hw::streams(program))
    add("outer_memory_bytes", "B", "read from the chips' outer memories",
        scale * static_cast<double>(run.counts.bursts) * chip.outer_memory->burst.value);
  add("longest_gateway_queue", "messages", "messages that waited for a link between chips at most",
      static_cast<double>(run.longest_gateway_queue));
  add_resident_model(layer, program.chips, static_watts / program.chips, record);
}

std::string chips_text(int chips) {
  return fmt::format("{} chip{}", chips, chips == 1 ? "" : "s");
}

void record_notes(const hw::Chip& chip, const hw::Program& program,
                  const NeuromorphicRuns& runs, results::RunRecord& record) {
  record.notes = {
      fmt::format("{}, {} per layer; energy and chips are those of this layer alone",
                  hw::streams(program) ? "experts' weights lie in the chips' outer memories in int8 and are fetched row by "
                                         "row as their messages come; their way from there to a core is not simulated"
                                       : "weights are stationary in int8",
                  chips_text(program.chips)),
      "expert dispatch by relay neurons: fan-out tables are static, so each expert has neurons that store "
      "the hidden state and "
      "fire only when the expert is chosen",
      "the choice of experts runs as one program over one core's neuron states; published chips run such "
      "code on their "
      "embedded processors, whose time is not published",
      "between chips a message crosses each link once, between gateways, and forks at the destination; a "
      "gateway's queue is "
      "not bounded",
      fmt::format("static power is that of {}, spare ones {}included; boards, hosts and cooling are left out",
                  chips_text(program.chips), chip.tree.empty() ? "in the grid " : "and the switches above them ")};
  if (hw::split_node(chip.name).name == "loihi2")
    record.notes.push_back(
        "Intel publishes no per-operation times or energies of Loihi 2: see the constants' notes");
  if (runs.simulated < runs.tokens)
    record.notes.push_back(
        fmt::format("{} of {} tokens simulated, the steady time and the counts per token continued; the interval of "
                    "the time spans the fastest and the slowest steady step",
                    runs.simulated, runs.tokens));
}

/// A limit cannot slow a chip down here: a description that breaks it contradicts itself, and is told.
void note_power(results::RunRecord& record) {
  const double watts = record.joules.nominal / record.seconds.nominal;
  if (record.power_limit > 0 && watts > record.power_limit)
    record.notes.push_back(fmt::format("{:.3g} W is more than the {:.3g} W that these chips are described to draw at "
                                       "most: the description's times and energies cannot both hold",
                                       watts, record.power_limit));
}

} // namespace

std::string step_name(int tokens, std::int64_t step) {
  static const char* const stage_names[] = {"hidden state to router and dispatch",
                                            "router scores",
                                            "choice of experts",
                                            "dispatch, gate and up",
                                            "SwiGLU, down",
                                            "weighted outputs to combine",
                                            "combine"};
  return tokens == 1 && step < mappings::moe_stages ? stage_names[step] : fmt::format("time step {}", step);
}

results::Interval batch_seconds(const NeuromorphicRuns& runs) {
  const double simulated = runs.nominal.seconds;
  const auto& steps = runs.nominal.steps;
  std::vector<double> steady;
  for (std::size_t i = mappings::moe_stages - 1; i < static_cast<std::size_t>(runs.simulated) && i < steps.size(); ++i)
    steady.push_back(static_cast<double>(steps[i].work + steps[i].barrier) * 1e-12);
  if (runs.simulated >= runs.tokens || steady.empty())
    return {simulated, simulated, simulated};
  const double further = runs.tokens - runs.simulated;
  const auto [fastest, slowest] = std::minmax_element(steady.begin(), steady.end());
  const double mean = std::accumulate(steady.begin(), steady.end(), 0.0) / static_cast<double>(steady.size());
  return {simulated + further * mean, simulated + further * *fastest, simulated + further * *slowest};
}

results::RunRecord record_neuromorphic_run(const Document& document, const hw::Chip& chip,
                                           const hw::Program& program, const workloads::MoeLayer& layer,
                                           const NeuromorphicRuns& runs, bool brief) {
  results::RunRecord record;
  record.machine = chip.name;
  record.machine_title = chip.title;
  record.kind = "neuromorphic";
  record.tokens = runs.tokens;
  record.chips = static_cast<std::uint64_t>(program.chips);
  record.power_limit = chip.power_limit ? chip.power_limit->value * program.chips : 0;
  record_time(runs, record);
  hw::Ledger ledger;
  hw::enter_energy(ledger, chip, program, runs.nominal, record.seconds.nominal, record.seconds.low,
                   record.seconds.high);
  const auto lines = ledger.lines();
  add_counted_energy(lines, static_cast<double>(runs.tokens) / runs.simulated, record);
  double watts = (chip.static_power.value + (hw::streams(program) ? chip.outer_memory->static_power.value : 0)) *
                 program.chips;
  const hw::noc::TreeShape tree = hw::tree_of(chip, program.chips);
  for (int level = 0; level < tree.levels(); ++level)
    watts += chip.tree[static_cast<std::size_t>(level)].static_power.value * tree.switches(level + 1);
  record_statistics(runs, chip, program, layer, watts, record);
  if (brief)
    return record;
  record_stages(runs, record);
  StepWaits waits;
  waits.add(runs.nominal.steps);
  add_constants(document, lines, waits, watts, record);
  record_pictures(chip, program, runs.nominal, record);
  record_notes(chip, program, runs, record);
  note_power(record);
  return record;
}

} // namespace moesaic::sim
