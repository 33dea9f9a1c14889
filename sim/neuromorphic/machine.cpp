#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/neuromorphic/chip_variation.hpp"
#include "hw/neuromorphic/estimate.hpp"
#include "hw/neuromorphic/system.hpp"
#include "hw/process_node.hpp"
#include "mappings/format/moe_mapping.hpp"
#include "mappings/neuromorphic/moe_program.hpp"
#include "mappings/neuromorphic/moe_values.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/resident_model.hpp"
#include "sim/neuromorphic/floor_loads.hpp"
#include "sim/neuromorphic/record.hpp"
#include "sim/neuromorphic/static_moe.hpp"
#include "sim/neuromorphic/unit_tracks.hpp"
#include "workloads/reference.hpp"

namespace moesaic::sim {
namespace {

class NeuromorphicMachine : public Machine {
 public:
  explicit NeuromorphicMachine(const Document& document) : NeuromorphicMachine(document, hw::load_chip(document)) {}
  NeuromorphicMachine(const Document& document, hw::Chip chip) : document_(document), chip_(std::move(chip)) {}

  const std::string& name() const override { return chip_.name; }
  const char* kind() const override { return "neuromorphic"; }
  std::unique_ptr<Machine> varied(const std::vector<Override>& changes) const override {
    auto chip = hw::varied(chip_, changes);
    return chip ? std::make_unique<NeuromorphicMachine>(document_, std::move(*chip)) : nullptr;
  }
  results::RunRecord run(const MoeTask& task) const override;
  void check_fits(const workloads::MoeLayer& layer) const override;
  results::RunRecord estimate(const MoeTask& task) const override;
  using Machine::units;
  results::UnitSpans units(const MoeTask& task, const results::TraceWindow& window) const override;
  ValueCheck check_values(const MoeTask& task) const override;
  MachineValues layer_values(const workloads::MoeLayer& layer, const LayerNumbers& numbers) const override {
    return run_values({layer, {}}, hold(layer, numbers), numbers.hidden);
  }

 private:
  mappings::HeldMoe hold(const workloads::MoeLayer& layer, const LayerNumbers& numbers) const {
    const auto& calibration = numbers.calibration.rows > 0 ? numbers.calibration : numbers.hidden;
    return mappings::hold_moe(layer, numbers.weights, calibration, chip_.payload_bits);
  }
  MachineValues run_values(const MoeTask& task, const mappings::HeldMoe& held,
                           const workloads::Matrix& hidden) const;
  mappings::MoePlan plan(const MoeTask& task) const;
  hw::Program lower(const MoeTask& task, const mappings::MoePlan& plan) const;
  std::vector<std::vector<std::int32_t>> chosen(const MoeTask& task, const mappings::MoePlan& plan, const hw::Program& program) const;
  Document document_;
  hw::Chip chip_;
};

/// Tokens simulated in full; further ones repeat what these took when every stage had one. At both corners half as
/// many: a batch of up to eight is simulated whole at each.
constexpr int most_simulated_tokens = 16, most_corner_tokens = 8;

bool placed(const MoeTask& task, const hw::Chip& chip) {
  return task.mapping && task.mapping->machine == hw::split_node(chip.name).name;
}

mappings::MoePlan NeuromorphicMachine::plan(const MoeTask& task) const {
  return placed(task, chip_) ? mappings::plan_of(chip_, task.layer, *task.mapping) : mappings::plan_moe(chip_, task.layer);
}

hw::Program NeuromorphicMachine::lower(const MoeTask& task, const mappings::MoePlan& plan) const {
  return placed(task, chip_) ? mappings::program_of(chip_, task.layer, *task.mapping)
                             : mappings::make_moe_program(chip_, task.layer, plan);
}

/// The experts, or their replicas, that each token goes to.
std::vector<std::vector<std::int32_t>> NeuromorphicMachine::chosen(const MoeTask& task, const mappings::MoePlan& plan,
                                                                   const hw::Program& program) const {
  return mappings::serving(mappings::replica_choice(chip_, task.layer, plan, program),
                           mappings::chosen_experts(task.layer, task.routing));
}

results::RunRecord NeuromorphicMachine::run(const MoeTask& task) const {
  if (chip_.static_schedule)
    return run_static_moe(document_, chip_, task);
  const mappings::MoePlan plan = this->plan(task);
  const hw::Program program = lower(task, plan);
  const auto chosen = this->chosen(task, plan, program);
  const auto run = [&](Corner corner, int tokens) {
    hw::ScriptedActivity activity(program, chosen);
    return hw::run_system(chip_, program, corner, activity, tokens);
  };
  NeuromorphicRuns runs;
  runs.tokens = task.routing.tokens;
  runs.simulated = std::min(runs.tokens, most_simulated_tokens);
  runs.nominal = run(Corner::nominal, runs.simulated);
  const int few = std::min(runs.simulated, most_corner_tokens);
  const double nominal = runs.simulated == few ? runs.nominal.seconds : run(Corner::nominal, few).seconds;
  runs.fast = run(Corner::fast, few).seconds / nominal;
  runs.slow = run(Corner::slow, few).seconds / nominal;
  results::RunRecord record = record_neuromorphic_run(document_, chip_, program, task.layer, runs, task.brief);
  record.workload = task.layer.name;
  add_roofline_point(task.layer, 0,
                     plan.streamed ? "int8 weights read from the chips' outer memories"
                                   : "int8 weights read from the cores' own memories",
                     record);
  if (task.brief)
    return record;
  add_floor_maps(chip_, program, plan, chosen, placed(task, chip_) ? task.mapping->strategy : "snake", record);
  record.notes.insert(record.notes.begin(), mappings::describe(plan, chip_, task.layer));
  if (placed(task, chip_))
    record.notes.push_back(fmt::format("placed by a mapping file: strategy {}, objective {}, seed {}",
                                       task.mapping->strategy, task.mapping->objective, task.mapping->seed));
  return record;
}

void NeuromorphicMachine::check_fits(const workloads::MoeLayer& layer) const {
  if (chip_.static_schedule) {
    mappings::plan_static_moe(chip_, layer);
    return;
  }
  const MoeTask task{layer, {}};
  hw::check(chip_, lower(task, plan(task)));
}

results::RunRecord NeuromorphicMachine::estimate(const MoeTask& task) const {
  if (chip_.static_schedule)
    return Machine::estimate(task);
  const mappings::MoePlan plan = this->plan(task);
  const hw::Program program = lower(task, plan);
  hw::ScriptedActivity activity(program, chosen(task, plan, program));
  NeuromorphicRuns runs;
  runs.tokens = task.routing.tokens;
  runs.simulated = std::min(runs.tokens, most_simulated_tokens);
  runs.nominal = hw::estimate_system(chip_, program, Corner::nominal, activity, runs.simulated);
  results::RunRecord record = record_neuromorphic_run(document_, chip_, program, task.layer, runs, true);
  record.workload = task.layer.name;
  return record;
}

results::UnitSpans NeuromorphicMachine::units(const MoeTask& task, const results::TraceWindow& window) const {
  if (chip_.static_schedule)
    return static_moe_units(chip_, task, window);
  const mappings::MoePlan plan = this->plan(task);
  const hw::Program program = lower(task, plan);
  hw::ScriptedActivity activity(program, chosen(task, plan, program));
  const int tokens = std::min(task.routing.tokens, most_simulated_tokens);
  hw::SpanLog log = span_log(window, window.to);
  hw::run_system(chip_, program, Corner::nominal, activity, tokens, 0, log);
  UnitTracks tracks(window);
  tracks.add(chip_, program, log, 0, 0, [&](std::int64_t step) { return step_name(tokens, step); });
  return tracks.finish();
}

MachineValues NeuromorphicMachine::run_values(const MoeTask& task, const mappings::HeldMoe& held,
                                              const workloads::Matrix& hidden) const {
  const mappings::MoePlan plan = this->plan(task);
  hw::Program program = lower(task, plan);
  mappings::fill_weights(program, held, plan.replicas);
  mappings::MoeValues values(program, held, hidden, mappings::replica_choice(chip_, task.layer, plan, program));
  hw::run_system(chip_, program, Corner::nominal, values, hidden.rows);
  return {values.choices(), values.outputs()};
}

ValueCheck NeuromorphicMachine::check_values(const MoeTask& task) const {
  const auto numbers = numbers_of(task);
  const auto& hidden = numbers->hidden;
  const workloads::MoeResult reference = workloads::run_reference(task.layer, numbers->weights, hidden);
  const mappings::HeldMoe held = hold(task.layer, *numbers);
  const MachineValues values = run_values(task, held, hidden);

  ValueCheck check;
  check.machine = chip_.name;
  check.tokens = hidden.rows;
  check.outputs = check.tokens * task.layer.hidden;
  check.router_identical = true;
  for (int t = 0; t < check.tokens; ++t) {
    std::vector<std::int32_t> expected;
    for (int k = 0; k < reference.routing.top_k; ++k)
      expected.push_back(reference.routing.expert_of(t, k));
    check.router_identical =
        check.router_identical && values.choices[static_cast<std::size_t>(t)] == expected;
  }
  const auto bound =
      workloads::check_bounds(mappings::bound_moe(held, numbers->weights, hidden, reference), values.output);
  check.worst_error = bound.error;
  check.error_bound = bound.bound;
  check.within_bound = bound.within;
  return check;
}

} // namespace

std::unique_ptr<Machine> make_neuromorphic_machine(const Document& description) {
  return std::make_unique<NeuromorphicMachine>(description);
}

} // namespace moesaic::sim
