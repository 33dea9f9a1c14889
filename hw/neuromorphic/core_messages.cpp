// Messages of a core array: out of the somas, through gateways, into the synapses.
#include <algorithm>

#include "hw/neuromorphic/core_array.hpp"

namespace moesaic::hw {
namespace {

constexpr std::int32_t gateway_base = 1 << 28; ///< in the calendar
constexpr std::uint32_t row_bits = 24;         ///< of a message's tag
constexpr std::int32_t no_tree = -1;

} // namespace

/// Trees for the axons that fire now and never fired before.
void CoreArray::make_trees(Live& state) {
  const Core& core = program_.cores[static_cast<std::size_t>(state.core)];
  state.trees.resize(static_cast<std::size_t>(core.axons), no_tree);
  for (std::int32_t i = 0; i < core.axons; ++i) {
    const AxonRange& range = program_.axons[static_cast<std::size_t>(core.first_axon + i)];
    if (state.trees[static_cast<std::size_t>(i)] != no_tree)
      continue;
    const auto& neuron = state.firing.neuron;
    const auto at = std::lower_bound(neuron.begin(), neuron.end(), range.first);
    if (state.firing.all || (at != neuron.end() && *at < range.first + range.count))
      state.trees[static_cast<std::size_t>(i)] = routes_.tree(state.core, range.group);
  }
}

std::size_t CoreArray::firing_size(const Live& live) const {
  return live.firing.all
             ? static_cast<std::size_t>(program_.cores[static_cast<std::size_t>(live.core)].neurons)
             : live.firing.neuron.size();
}

std::int32_t CoreArray::firing_neuron(const Live& live) const {
  return live.firing.all ? static_cast<std::int32_t>(live.fired) : live.firing.neuron[live.fired];
}

/// Moves on to the next message; visits neurons and makes them fire on the way. False: the soma is done.
bool CoreArray::next_message(Live& live) {
  const Core& core = program_.cores[static_cast<std::size_t>(live.core)];
  const int instructions = program_.populations[static_cast<std::size_t>(core.population)].instructions;
  const AxonRange* const ranges = program_.axons.data() + core.first_axon;
  for (; live.fired < firing_size(live); ++live.fired, live.axon = live.first_axon) {
    const std::int32_t neuron = firing_neuron(live);
    if (live.visited <= neuron) {
      live.outbox.update(timing_, neuron + 1 - live.visited, instructions);
      live.outbox.spike(timing_);
      live.visited = neuron + 1;
    }
    for (; live.axon < core.axons; ++live.axon) {
      const AxonRange& range = ranges[live.axon];
      if (neuron >= range.first && neuron < range.first + range.count)
        return true;
      if (!live.ordered)
        continue;
      if (neuron < range.first)
        break;
      if (live.axon == live.first_axon) // it ends before this neuron and all that follow
        ++live.first_axon;
    }
  }
  live.outbox.update(timing_, core.neurons - live.visited, instructions);
  live.visited = core.neurons;
  return false;
}

void CoreArray::schedule_message(std::int32_t index, std::uint64_t least) {
  const Picoseconds ready = live_[static_cast<std::size_t>(index)].outbox.message(timing_);
  calendar_.add(std::max(cycle_at(ready), least), index);
}

/// The host's caches: what the message's row holds is read when it arrives, which is soon.
void CoreArray::fetch_rows(const AxonRange& range, std::int32_t row) const {
  for (const std::int32_t member : program_.groups[static_cast<std::size_t>(range.group)].members) {
    const Core& core = program_.cores[static_cast<std::size_t>(member)];
    const SynapseTable& table = program_.tables[static_cast<std::size_t>(core.first_table + range.port)];
    if (table.sparse)
      __builtin_prefetch(table.sparse->begin.data() + (row - table.first_row));
  }
}

void CoreArray::send(std::int32_t index, std::uint64_t cycle) {
  Live& live = live_[static_cast<std::size_t>(index)];
  const Core& core = program_.cores[static_cast<std::size_t>(live.core)];
  const AxonRange& range = program_.axons[static_cast<std::size_t>(core.first_axon + live.axon)];
  noc::Packet packet;
  packet.group = live.trees[static_cast<std::size_t>(live.axon)];
  packet.tag = static_cast<std::uint32_t>(range.port) << row_bits |
               static_cast<std::uint32_t>(range.first_row + firing_neuron(live) - range.first);
  packet.payload = live.firing.payload.empty() ? 0 : live.firing.payload[live.fired];
  if (!fabric_.try_inject(routes_.endpoint_of_core(live.core), packet))
    return; // room() will say when
  ++counts_.axon_out;
  if (activity_.carries_values())
    fetch_rows(range, range.first_row + firing_neuron(live) - range.first);
  live.outbox.sent(time_at(cycle));
  ++live.axon;
  if (next_message(live))
    schedule_message(index, cycle + 1);
  else
    --sending_;
}

void CoreArray::forward(std::int32_t chip, std::uint64_t cycle) {
  Gateway& gateway = gateways_[static_cast<std::size_t>(chip)];
  if (!fabric_.try_inject(routes_.endpoint_of_gateway(chip), gateway.queue[gateway.head]))
    return;
  ++gateway_messages_;
  if (++gateway.head < gateway.queue.size()) {
    calendar_.add(cycle + 1, gateway_base + chip);
    return;
  }
  gateway.queue.clear();
  gateway.head = 0;
  gateway.waiting = false;
  --sending_;
}

bool CoreArray::deliver(int endpoint, const noc::Delivery& packet, std::uint64_t cycle) {
  const std::int32_t core = routes_.at_endpoint(endpoint);
  if (core < 0) {
    const std::int32_t chip = -1 - core;
    Gateway& gateway = gateways_[static_cast<std::size_t>(chip)];
    noc::Packet onward;
    onward.group = routes_.onward(chip, packet.group);
    onward.tag = packet.tag;
    onward.payload = packet.payload;
    gateway.queue.push_back(onward);
    longest_gateway_queue_ = std::max(longest_gateway_queue_, gateway.queue.size() - gateway.head);
    if (!gateway.waiting) {
      gateway.waiting = true;
      ++sending_;
      calendar_.add(cycle + 1, gateway_base + chip);
    }
    return true;
  }
  Live& here = live(core);
  const Picoseconds now = time_at(cycle);
  if (here.inbox.room_at() > now) {
    calendar_.add(cycle_at(here.inbox.room_at()), -1 - endpoint);
    return false;
  }
  const Core& place = program_.cores[static_cast<std::size_t>(core)];
  const auto port = static_cast<std::int32_t>(packet.tag >> row_bits);
  const auto row = static_cast<std::int32_t>(packet.tag & ((1u << row_bits) - 1));
  const std::int32_t table_index = place.first_table + port;
  const SynapseTable& table = program_.tables[static_cast<std::size_t>(table_index)];
  const std::int64_t operations = row_operations(table, row);
  Picoseconds fetched = 0;
  if (table.streamed) {
    const std::int64_t bursts = bursts_[static_cast<std::size_t>(table_index)];
    fetched = channels_[static_cast<std::size_t>(place.chip)].request(timing_, now, bursts);
    counts_.bursts += static_cast<std::uint64_t>(bursts);
  }
  here.inbox.accept(timing_, now, operations, operation_time(timing_, table), fetched);
  if (here.first_in < 0)
    here.first_in = now;
  ++counts_.axon_in;
  counts_.synapse[static_cast<std::size_t>(table.format)] += static_cast<std::uint64_t>(operations);
  const std::int64_t due = step_ + table.delay;
  if (program_.populations[static_cast<std::size_t>(place.population)].trigger == port &&
      marked_[static_cast<std::size_t>(core)] != due) {
    marked_[static_cast<std::size_t>(core)] = due;
    due_[static_cast<std::size_t>(due) % due_.size()].push_back(core);
  }
  if (activity_.carries_values())
    activity_.receive(core, table_index, row, packet.payload, due);
  return true;
}

void CoreArray::room(int endpoint, std::uint64_t cycle) {
  const std::int32_t core = routes_.at_endpoint(endpoint);
  calendar_.add(cycle + 1, core < 0 ? gateway_base + (-1 - core) : live_of_[static_cast<std::size_t>(core)]);
}

void CoreArray::act(std::uint64_t cycle) {
  acting_.clear();
  calendar_.take(cycle, acting_);
  for (const std::int32_t what : acting_) {
    if (what < 0)
      fabric_.resume(-1 - what);
    else if (what >= gateway_base)
      forward(what - gateway_base, cycle);
    else
      send(what, cycle);
  }
}

} // namespace moesaic::hw
