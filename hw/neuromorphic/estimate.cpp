#include "hw/neuromorphic/estimate.hpp"

#include <algorithm>

#include "hw/neuromorphic/chip_tree.hpp"
#include "hw/neuromorphic/core_array.hpp"

namespace moesaic::hw {
namespace {

class Estimator {
 public:
  Estimator(const Chip& chip, const Program& program, Corner corner, Activity& activity, std::int64_t tokens)
      : program_(program), activity_(activity), tokens_(tokens), timing_(core_timing(chip, corner)),
        barrier_(picoseconds(barrier_seconds(chip, barrier_span(chip, program), corner))),
        crossing_(program.chips > 1 ? picoseconds(link_of(chip).message.value / link_of(chip).bandwidth.at(corner)) : 0),
        on_chip_(picoseconds(chip.mesh_width * chip.east_west.latency.at(corner) + chip.mesh_height * chip.north_south.latency.at(corner)) / 2),
        between_chips_(program.chips > 1 ? picoseconds(farthest_links(chip, program.grid_width, program.grid_height) *
                                                       link_of(chip).latency.at(corner)) / 2
                                         : 0),
        out_(program.cores.size(), 0), in_(program.cores.size(), 0), seen_(program.cores.size(), 0),
        entering_(static_cast<std::size_t>(program.chips), 0), fetching_(entering_.size(), 0),
        entered_by_(entering_.size(), 0), marked_(program.cores.size(), -1) {
    for (const SynapseTable& table : program.tables)
      bursts_.push_back(table.streamed ? row_bursts(chip, table) : 0);
    due_.resize(deepest_delay(program) + 1);
    if (chip.tick)
      floor_ = picoseconds(chip.tick->value);
    for (std::size_t i = 0; i < program.cores.size(); ++i) {
      neurons_ += static_cast<std::uint64_t>(program.cores[i].neurons);
      floor_ = std::max(floor_, program.cores[i].neurons * timing_.idle_neuron);
    }
  }

  SystemRun run() {
    do
      step();
    while (more());
    run_.active_cores = static_cast<std::uint64_t>(std::count(seen_.begin(), seen_.end(), 1));
    const StepRecord& last = run_.steps.back();
    run_.seconds = static_cast<double>(last.start + last.work + last.barrier) * 1e-12;
    return std::move(run_);
  }

 private:
  /// The one that enters a chip.
  static const ChipLink& link_of(const Chip& chip) { return chip.tree.empty() ? chip.link : chip.tree.front().link; }

  const Core& core_at(std::int32_t core) const { return program_.cores[static_cast<std::size_t>(core)]; }

  bool fires_by_clock(const Population& population) const {
    return population.soma == Soma::source && step_ >= population.stage && step_ < population.stage + tokens_;
  }

  bool more() const {
    for (const auto& due : due_)
      if (!due.empty())
        return true;
    for (const Population& population : program_.populations)
      if (population.soma == Soma::source && step_ < population.stage + tokens_)
        return true;
    return false;
  }

  void step() {
    StepRecord record;
    if (!run_.steps.empty()) {
      const StepRecord& before = run_.steps.back();
      record.start = before.start + before.work + before.barrier;
    }
    const CoreCounts before = run_.counts;
    for (auto* all : {&out_, &in_, &entering_, &fetching_})
      std::fill(all->begin(), all->end(), 0);
    std::vector<std::int32_t> due;
    due.swap(due_[static_cast<std::size_t>(step_) % due_.size()]);
    for (const Population& population : program_.populations)
      if (fires_by_clock(population) || population.trigger == always_runs)
        for (std::int32_t i = 0; i < population.cores; ++i)
          due.push_back(population.first_core + i);
    std::sort(due.begin(), due.end());
    due.erase(std::unique(due.begin(), due.end()), due.end());
    std::uint64_t updated = 0;
    for (const std::int32_t core : due) {
      soma(core);
      updated += static_cast<std::uint64_t>(core_at(core).neurons);
    }
    run_.counts.idle_updates += neurons_ - updated;
    const auto most = [](const std::vector<Picoseconds>& all) { return *std::max_element(all.begin(), all.end()); };
    record.soma_busy = most(out_);
    record.synapse_busy = most(in_);
    record.spikes = run_.counts.spikes - before.spikes;
    record.deliveries = run_.counts.axon_in - before.axon_in;
    record.operations = run_.counts.operations() - before.operations();
    const Picoseconds links = most(entering_);
    record.work = std::max({record.soma_busy, record.synapse_busy, links, most(fetching_)});
    if (record.deliveries > 0)
      record.work += on_chip_ + (links > 0 ? between_chips_ : 0);
    record.work = std::max(record.work, floor_);
    record.barrier = barrier_;
    run_.steps.push_back(record);
    ++step_;
  }

  void soma(std::int32_t core) {
    const Core& here = core_at(core);
    const Population& population = program_.populations[static_cast<std::size_t>(here.population)];
    Firing firing;
    activity_.run(core, step_, firing);
    const std::int64_t fired = firing.all ? here.neurons : static_cast<std::int64_t>(firing.neuron.size());
    const std::int64_t instructions = population.run_instructions + std::int64_t{here.neurons} * population.instructions;
    run_.counts.updates += static_cast<std::uint64_t>(here.neurons);
    run_.counts.instructions += static_cast<std::uint64_t>(instructions);
    run_.counts.spikes += static_cast<std::uint64_t>(fired);
    std::int64_t messages = 0;
    for (std::int32_t i = 0; i < here.axons; ++i) {
      const std::int32_t range = here.first_axon + i;
      const std::int64_t count = fired_in(firing, program_.axons[static_cast<std::size_t>(range)]);
      messages += count;
      if (count > 0)
        deliver(here, range, count);
    }
    run_.counts.axon_out += static_cast<std::uint64_t>(messages);
    seen_[static_cast<std::size_t>(core)] = 1;
    const Picoseconds work = here.neurons * timing_.neuron + instructions * timing_.instruction + fired * timing_.spike;
    out_[static_cast<std::size_t>(core)] = std::max(work, messages * timing_.axon_out);
  }

  static std::int64_t fired_in(const Firing& firing, const AxonRange& range) {
    if (firing.all)
      return range.count;
    const auto& neuron = firing.neuron;
    return std::lower_bound(neuron.begin(), neuron.end(), range.first + range.count) -
           std::lower_bound(neuron.begin(), neuron.end(), range.first);
  }

  /// `count` messages of one range to all members of its group; each chip is entered once.
  void deliver(const Core& from, std::int32_t range, std::int64_t count) {
    const AxonRange& axon = program_.axons[static_cast<std::size_t>(range)];
    ++delivery_;
    for (const std::int32_t member : program_.groups[static_cast<std::size_t>(axon.group)].members) {
      const Core& place = core_at(member);
      const std::int32_t at = place.first_table + axon.port;
      const SynapseTable& table = program_.tables[static_cast<std::size_t>(at)];
      const auto chip = static_cast<std::size_t>(place.chip);
      if (place.chip != from.chip && entered_by_[chip] != delivery_)
        entering_[chip] += count * crossing_;
      entered_by_[chip] = delivery_;
      const std::int64_t operations = operations_of(table, axon, count);
      const Picoseconds working = (operations * operation_time(timing_, table) + 500) / 1000;
      in_[static_cast<std::size_t>(member)] += std::max(count * timing_.axon_in, working);
      fetching_[chip] += (count * bursts_[static_cast<std::size_t>(at)] * timing_.burst + 500) / 1000;
      run_.counts.bursts += static_cast<std::uint64_t>(count * bursts_[static_cast<std::size_t>(at)]);
      run_.counts.axon_in += static_cast<std::uint64_t>(count);
      run_.counts.synapse[static_cast<std::size_t>(table.format)] += static_cast<std::uint64_t>(operations);
      seen_[static_cast<std::size_t>(member)] = 1;
      const std::int64_t due = step_ + table.delay;
      if (program_.populations[static_cast<std::size_t>(place.population)].trigger == axon.port &&
          marked_[static_cast<std::size_t>(member)] != due) {
        marked_[static_cast<std::size_t>(member)] = due;
        due_[static_cast<std::size_t>(due) % due_.size()].push_back(member);
      }
    }
  }

  /// Of `count` messages of a range; of sparse rows their mean, where not all of them come.
  static std::int64_t operations_of(const SynapseTable& table, const AxonRange& axon, std::int64_t count) {
    if (!table.sparse)
      return count * row_operations(table, axon.first_row);
    std::int64_t all = 0;
    for (std::int32_t row = 0; row < axon.count; ++row)
      all += row_operations(table, axon.first_row + row);
    return all * count / axon.count;
  }

  const Program& program_;
  Activity& activity_;
  std::int64_t tokens_, step_ = 0;
  CoreTiming timing_;
  Picoseconds barrier_, crossing_, on_chip_, between_chips_, floor_ = 0;
  std::uint64_t neurons_ = 0;
  std::vector<Picoseconds> out_, in_; ///< busy in this step, by core
  std::vector<char> seen_;            ///< took part in the run, by core
  std::vector<Picoseconds> entering_, fetching_; ///< busy in this step, by chip
  std::vector<std::int64_t> entered_by_; ///< by chip, the delivery that was counted last
  std::int64_t delivery_ = 0;            ///< number of the latest
  std::vector<std::int64_t> marked_, bursts_;    ///< by core, last step it was marked due for; by table
  std::vector<std::vector<std::int32_t>> due_;   ///< by step modulo its size
  SystemRun run_;
};

} // namespace

SystemRun estimate_system(const Chip& chip, const Program& program, Corner corner, Activity& activity, std::int64_t tokens) {
  check(chip, program);
  return Estimator(chip, program, corner, activity, tokens).run();
}

} // namespace moesaic::hw
