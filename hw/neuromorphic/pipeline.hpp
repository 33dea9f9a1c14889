// The two halves of a core's pipeline as recurrences over messages: service times are known when a message
// enters, so the time at which each stage takes it is computed at once, with the same result as stepping
// every cycle.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hw/neuromorphic/timing.hpp"

namespace moesaic::hw {

/// Times at which the last `capacity` entries of a bounded queue leave it.
class QueueTimes {
 public:
  explicit QueueTimes(int capacity) : leave_(static_cast<std::size_t>(capacity), 0) {}
  /// When the next entry may come in: the one `capacity` before it has then left.
  Picoseconds room_at() const { return leave_[next_]; }
  void push(Picoseconds leaves) {
    leave_[next_] = leaves;
    next_ = next_ + 1 == leave_.size() ? 0 : next_ + 1;
  }

 private:
  std::vector<Picoseconds> leave_;
  std::size_t next_ = 0;
};

/// A chip's outer memory: requests are served one after the other, in the order in which they come.
class OuterChannel {
 public:
  /// When the last of `bursts` asked for at `now` is there.
  Picoseconds request(const CoreTiming& timing, Picoseconds now, std::int64_t bursts) {
    free_ = std::max(now, free_) + (bursts * timing.burst + 500) / 1000;
    return free_ + timing.outer_latency;
  }

 private:
  Picoseconds free_ = 0;
};

/// Axon in, synapse fetch, dendrite. A stage keeps its message until the next one takes it.
class Inbox {
 public:
  explicit Inbox(const CoreTiming& timing) : queue_(timing.axon_in_queue) {}

  /// When the next message can be accepted; before that the fabric has to hold it.
  Picoseconds room_at() const { return queue_.room_at(); }

  /// Accepts a message at `now` >= room_at() that causes `operations` of `synapse` femtoseconds each, on weights that
  /// are there at `fetched`.
  void accept(const CoreTiming& timing, Picoseconds now, std::int64_t operations, std::int64_t synapse,
              Picoseconds fetched = 0) {
    const Picoseconds start = std::max(now, axon_free_);
    queue_.push(start);
    const Picoseconds taken = std::max(start + timing.axon_in, synapse_free_), fetch = std::max(taken, fetched);
    axon_free_ = fetch;
    const Picoseconds operating = (operations * synapse + 500) / 1000;
    const Picoseconds accumulate = std::max(fetch + operating, dendrite_free_);
    synapse_free_ = accumulate;
    dendrite_free_ = accumulate + (operations * timing.dendrite + 500) / 1000;
    busy_ += std::max(timing.axon_in, operating) + (fetch - taken);
  }

  Picoseconds drained_at() const { return dendrite_free_; }
  /// Time of the slower of axon-in and synapse stage over all messages, waiting for weights included.
  Picoseconds busy() const { return busy_; }

 private:
  QueueTimes queue_;
  Picoseconds axon_free_ = 0, synapse_free_ = 0, dendrite_free_ = 0, busy_ = 0;
};

/// Soma and axon out. The soma visits all neurons of the core in order; a spike waits in a bounded queue for
/// the axon stage, which keeps its message until the fabric takes it.
class Outbox {
 public:
  explicit Outbox(const CoreTiming& timing) : queue_(timing.axon_out_queue) {}

  /// A run of the soma program begins at `now`; `run_instructions` come before the first neuron.
  void begin(const CoreTiming& timing, Picoseconds now, std::int64_t run_instructions) {
    soma_free_ = now + run_instructions * timing.instruction;
    busy_ += run_instructions * timing.instruction;
  }
  /// The soma visits `neurons` neurons.
  void update(const CoreTiming& timing, std::int64_t neurons, std::int64_t instructions) {
    const Picoseconds time = neurons * (timing.neuron + instructions * timing.instruction);
    soma_free_ += time;
    busy_ += time;
  }
  /// The neuron just visited fires.
  void spike(const CoreTiming& timing) {
    soma_free_ += timing.spike;
    busy_ += timing.spike;
  }
  /// Its next message enters the queue; returns when it is ready for the fabric.
  Picoseconds message(const CoreTiming& timing) {
    soma_free_ = std::max(soma_free_, queue_.room_at());
    const Picoseconds start = std::max(soma_free_, axon_free_);
    queue_.push(start);
    axon_free_ = start + timing.axon_out;
    return axon_free_;
  }
  /// The fabric took the last message at `now`.
  void sent(Picoseconds now) { axon_free_ = std::max(axon_free_, now); }

  Picoseconds soma_done() const { return soma_free_; }
  Picoseconds busy() const { return busy_; }

 private:
  QueueTimes queue_;
  Picoseconds soma_free_ = 0, axon_free_ = 0, busy_ = 0;
};

} // namespace moesaic::hw
