// All cores of a neuromorphic system as one SystemC component, with flat data and no event per spike: the
// network asks for the next action and runs ahead to it.
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "hw/neuromorphic/activity.hpp"
#include "hw/neuromorphic/calendar.hpp"
#include "hw/neuromorphic/pipeline.hpp"
#include "hw/neuromorphic/routes.hpp"
#include "hw/neuromorphic/step_record.hpp"

namespace moesaic::hw {

struct SpanLog;

/// Steps after which a program's slowest synapses act, at least 1.
std::size_t deepest_delay(const Program& program);

/// The routers with at least one core that the program uses, on the chip where they are most, and its grid of chips.
BarrierSpan barrier_span(const Chip& chip, const Program& program);

/// Synaptic operations that a message on `row` of a table causes.
std::int64_t row_operations(const SynapseTable& table, std::int32_t row);

/// Executes a program in time steps: in each, the cores whose trigger port has input run their soma, spikes
/// travel, synapses accumulate; when all has arrived and drained, a barrier ends the step. Messages sent in a
/// step are seen by the soma `delay` steps later.
class CoreArray : public sc_core::sc_module, public noc::Endpoints, public noc::Agent {
 public:
  struct Run {
    std::int64_t tokens = 1;      ///< source populations fire in steps stage .. stage + tokens - 1
    std::int64_t least_steps = 0; ///< steps to run even when nothing is due any more
    SpanLog* log = nullptr;       ///< none: no spans are kept
  };

  CoreArray(const sc_core::sc_module_name& name, const Chip& chip, const Program& program, Corner corner,
            noc::Fabric& fabric, Activity& activity, Run run);

  const std::vector<StepRecord>& steps() const { return steps_; }
  const CoreCounts& counts() const { return counts_; }
  /// Busy time of a core over the run: soma, and the slower of axon in and synapses.
  Picoseconds soma_busy(std::int32_t core) const;
  Picoseconds synapse_busy(std::int32_t core) const;
  std::size_t active_cores() const { return live_.size(); }
  std::uint64_t gateway_messages() const { return gateway_messages_; }
  std::size_t longest_gateway_queue() const { return longest_gateway_queue_; }

  bool deliver(int endpoint, const noc::Delivery& packet, std::uint64_t cycle) override;
  void room(int endpoint, std::uint64_t cycle) override;
  void network_empty(std::uint64_t cycle) override;
  std::uint64_t next_action() const override { return calendar_.next(); }
  void act(std::uint64_t cycle) override;

 private:
  /// A core that takes part; all others cost nothing but their idle updates, which are counted together.
  struct Live {
    Live(std::int32_t which, const CoreTiming& timing) : core(which), inbox(timing), outbox(timing) {}
    std::int32_t core;
    Inbox inbox;
    Outbox outbox;
    Firing firing;
    std::vector<std::int32_t> trees;                           ///< by axon range
    std::size_t fired = 0;                                     ///< position in the firing list
    std::int32_t visited = 0;                                  ///< neurons the soma has visited
    std::int32_t axon = 0;                                     ///< range of the current message
    std::int32_t first_axon = 0; ///< ranges before it end before the current neuron; only where ranges are in order
    bool ordered = false;        ///< the core's ranges are in order of their first neurons
    Picoseconds soma_busy_before = 0, synapse_busy_before = 0; ///< at the start of the step
    Picoseconds first_in = -1;                                 ///< first message of the step; -1: none yet
    std::int64_t touched = -1;                                 ///< last step it took part in
  };
  struct Gateway {
    std::vector<noc::Packet> queue;
    std::size_t head = 0;
    bool waiting = false; ///< an attempt is scheduled, or the fabric will say when there is room
  };

  void begin_step();
  void end_step(Picoseconds now);
  void log_spans(const Live& live, Picoseconds start) const;
  void wake();
  void start_soma(std::int32_t core, Picoseconds now);
  void make_trees(Live& live);
  std::size_t firing_size(const Live& live) const;
  std::int32_t firing_neuron(const Live& live) const;
  bool next_message(Live& live);
  void schedule_message(std::int32_t index, std::uint64_t least);
  void fetch_rows(const AxonRange& range, std::int32_t row) const;
  void send(std::int32_t index, std::uint64_t cycle);
  void forward(std::int32_t chip, std::uint64_t cycle);
  Live& live(std::int32_t core);
  std::uint64_t cycle_at(Picoseconds time) const {
    return static_cast<std::uint64_t>((time + period_ - 1) / period_);
  }
  Picoseconds time_at(std::uint64_t cycle) const { return static_cast<Picoseconds>(cycle) * period_; }

  const Program& program_;
  CoreTiming timing_;
  noc::Fabric& fabric_;
  Activity& activity_;
  Run run_;
  Routes routes_;
  Picoseconds period_, barrier_, idle_floor_;
  std::uint64_t neurons_ = 0;

  std::vector<std::int32_t> live_of_; ///< by core, index into live_ or -1
  std::vector<Live> live_;
  std::vector<Gateway> gateways_;
  std::vector<OuterChannel> channels_;  ///< by chip
  std::vector<std::int64_t> bursts_;    ///< by table, of a row of a streamed one
  Calendar calendar_; ///< live index (send), or -1 - endpoint (resume), or gateway base + chip
  std::vector<std::vector<std::int32_t>> due_; ///< cores whose soma runs, by step modulo its size
  std::vector<std::int64_t> marked_;           ///< by core, last step it was marked due for
  std::vector<std::int32_t> always_, touched_, acting_;
  std::int64_t step_ = 0;
  std::size_t sending_ = 0; ///< outboxes and gateways that still have messages
  std::uint64_t updated_ = 0;
  sc_core::sc_event step_event_, wake_event_;

  std::vector<StepRecord> steps_;
  CoreCounts counts_, before_;
  std::uint64_t gateway_messages_ = 0;
  std::size_t longest_gateway_queue_ = 0;
};

} // namespace moesaic::hw
