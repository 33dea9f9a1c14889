#include "hw/neuromorphic/core_array.hpp"

#include <algorithm>

#include "hw/neuromorphic/core_spans.hpp"

namespace moesaic::hw {

std::size_t deepest_delay(const Program& program) {
  std::int32_t most = 1;
  for (const auto& table : program.tables)
    most = std::max(most, table.delay);
  return static_cast<std::size_t>(most);
}

BarrierSpan barrier_span(const Chip& chip, const Program& program) {
  std::vector<char> used(static_cast<std::size_t>(program.chips * chip.tiles()), 0);
  for (const auto& core : program.cores)
    used[static_cast<std::size_t>(core.chip * chip.tiles() + core.slot / chip.cores_per_router)] = 1;
  BarrierSpan span{0, program.grid_width, program.grid_height};
  for (auto first = used.begin(); first != used.end(); first += chip.tiles())
    span.tiles = std::max(span.tiles, static_cast<double>(std::count(first, first + chip.tiles(), 1)));
  return span;
}

std::int64_t row_operations(const SynapseTable& table, std::int32_t row) {
  switch (table.format) {
  case SynapseFormat::dense:
    return table.columns;
  case SynapseFormat::one_to_one:
    return 1;
  case SynapseFormat::sparse:
  case SynapseFormat::convolution:
    break;
  }
  const auto r = static_cast<std::size_t>(row - table.first_row);
  return table.sparse->operations(r);
}

CoreArray::CoreArray(const sc_core::sc_module_name& name, const Chip& chip, const Program& program,
                     Corner corner, noc::Fabric& fabric, Activity& activity, Run run)
    : sc_module(name), program_(program), timing_(core_timing(chip, corner)), fabric_(fabric),
      activity_(activity), run_(run), routes_(chip, program, fabric),
      period_(picoseconds(chip.network_tick(corner))),
      barrier_(picoseconds(barrier_seconds(chip, barrier_span(chip, program), corner))), idle_floor_(0),
      live_of_(program.cores.size(), -1), gateways_(static_cast<std::size_t>(program.chips)),
      channels_(static_cast<std::size_t>(program.chips)),
      due_(deepest_delay(program) + 1), marked_(program.cores.size(), -1) {
  for (const SynapseTable& table : program.tables)
    bursts_.push_back(table.streamed ? row_bursts(chip, table) : 0);
  if (chip.tick)
    idle_floor_ = picoseconds(chip.tick->value);
  for (std::size_t i = 0; i < program.cores.size(); ++i) {
    const Core& core = program.cores[i];
    neurons_ += static_cast<std::uint64_t>(core.neurons);
    idle_floor_ = std::max(idle_floor_, core.neurons * timing_.idle_neuron);
    if (program.populations[static_cast<std::size_t>(core.population)].trigger == always_runs)
      always_.push_back(static_cast<std::int32_t>(i));
  }
  fabric.attach(static_cast<noc::Endpoints&>(*this));
  fabric.attach(static_cast<noc::Agent&>(*this));
  SC_HAS_PROCESS(CoreArray);
  SC_METHOD(begin_step);
  sensitive << step_event_;
  SC_METHOD(wake);
  sensitive << wake_event_;
  dont_initialize();
}

Picoseconds CoreArray::soma_busy(std::int32_t core) const {
  const std::int32_t index = live_of_[static_cast<std::size_t>(core)];
  return index < 0 ? 0 : live_[static_cast<std::size_t>(index)].outbox.busy();
}

Picoseconds CoreArray::synapse_busy(std::int32_t core) const {
  const std::int32_t index = live_of_[static_cast<std::size_t>(core)];
  return index < 0 ? 0 : live_[static_cast<std::size_t>(index)].inbox.busy();
}

/// The core's state, made when it first takes part, and marked as taking part in this step.
CoreArray::Live& CoreArray::live(std::int32_t core) {
  std::int32_t& index = live_of_[static_cast<std::size_t>(core)];
  if (index < 0) {
    index = static_cast<std::int32_t>(live_.size());
    live_.emplace_back(core, timing_);
    const auto range = program_.axons.begin() + program_.cores[static_cast<std::size_t>(core)].first_axon;
    live_.back().ordered = std::is_sorted(range, range + program_.cores[static_cast<std::size_t>(core)].axons,
                                          [](const AxonRange& a, const AxonRange& b) { return a.first < b.first; });
  }
  Live& live = live_[static_cast<std::size_t>(index)];
  if (live.touched != step_) {
    live.touched = step_;
    live.soma_busy_before = live.outbox.busy();
    live.synapse_busy_before = live.inbox.busy();
    live.first_in = -1;
    touched_.push_back(index);
  }
  return live;
}

void CoreArray::begin_step() {
  const auto now = static_cast<Picoseconds>(sc_core::sc_time_stamp().value());
  steps_.push_back({});
  steps_.back().start = now;
  before_ = counts_;
  updated_ = 0;
  auto& due = due_[static_cast<std::size_t>(step_) % due_.size()];
  due.insert(due.end(), always_.begin(), always_.end());
  for (const auto& population : program_.populations)
    if (population.soma == Soma::source && step_ >= population.stage &&
        step_ < population.stage + run_.tokens)
      for (std::int32_t i = 0; i < population.cores; ++i)
        due.push_back(population.first_core + i);
  std::sort(due.begin(), due.end());
  due.erase(std::unique(due.begin(), due.end()), due.end());
  for (const std::int32_t core : due)
    start_soma(core, now);
  due.clear();
  counts_.idle_updates += neurons_ - updated_;
  if (sending_ == 0)
    end_step(now);
  else
    wake_event_.notify(sc_core::sc_time::from_value(
        static_cast<sc_dt::uint64>(std::max<Picoseconds>(time_at(calendar_.next()) - now, 0))));
}

void CoreArray::start_soma(std::int32_t core, Picoseconds now) {
  const Core& here = program_.cores[static_cast<std::size_t>(core)];
  const Population& population = program_.populations[static_cast<std::size_t>(here.population)];
  Live& state = live(core);
  state.firing = {};
  activity_.run(core, step_, state.firing);
  state.fired = 0;
  state.visited = 0;
  state.axon = state.first_axon = 0;
  state.outbox.begin(timing_, now, population.run_instructions);
  updated_ += static_cast<std::uint64_t>(here.neurons);
  const std::size_t firing = firing_size(state);
  counts_.updates += static_cast<std::uint64_t>(here.neurons);
  counts_.instructions +=
      static_cast<std::uint64_t>(population.run_instructions) +
      static_cast<std::uint64_t>(here.neurons) * static_cast<std::uint64_t>(population.instructions);
  counts_.spikes += firing;
  steps_.back().spikes += firing;
  make_trees(state);
  if (next_message(state)) {
    ++sending_;
    schedule_message(live_of_[static_cast<std::size_t>(core)], 0);
  }
}

void CoreArray::wake() {
  act(cycle_at(static_cast<Picoseconds>(sc_core::sc_time_stamp().value())));
}

void CoreArray::network_empty(std::uint64_t cycle) {
  if (sending_ == 0)
    end_step(time_at(cycle));
}

void CoreArray::log_spans(const Live& live, Picoseconds start) const {
  if (live.outbox.busy() > live.soma_busy_before)
    run_.log->add(CoreSpan{live.core, step_, false, start, live.outbox.soma_done()});
  if (live.first_in >= 0)
    run_.log->add(CoreSpan{live.core, step_, true, live.first_in, live.inbox.drained_at()});
}

void CoreArray::end_step(Picoseconds now) {
  StepRecord& step = steps_.back();
  Picoseconds end = std::max(now, step.start + idle_floor_);
  for (const std::int32_t index : touched_) {
    const Live& live = live_[static_cast<std::size_t>(index)];
    end = std::max({end, live.outbox.soma_done(), live.inbox.drained_at()});
    step.soma_busy = std::max(step.soma_busy, live.outbox.busy() - live.soma_busy_before);
    step.synapse_busy = std::max(step.synapse_busy, live.inbox.busy() - live.synapse_busy_before);
    if (run_.log != nullptr)
      log_spans(live, step.start);
  }
  touched_.clear();
  step.work = end - step.start;
  step.barrier = barrier_;
  step.deliveries = counts_.axon_in - before_.axon_in;
  step.operations = counts_.operations() - before_.operations();
  ++step_;
  bool more = step_ < run_.least_steps;
  for (const auto& due : due_)
    more = more || !due.empty();
  for (const auto& population : program_.populations)
    more = more || (population.soma == Soma::source && step_ < population.stage + run_.tokens);
  if (more)
    step_event_.notify(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(end + barrier_)) -
                       sc_core::sc_time_stamp());
}

} // namespace moesaic::hw
