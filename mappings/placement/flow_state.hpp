// What changes while trains of messages move: buffers, links, receivers, sources.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "mappings/placement/channel_graph.hpp"

namespace moesaic::mappings {

/// When room will be left that nobody has left yet.
constexpr Picoseconds unknown_time = std::int64_t{1} << 62;

/// First in, first out; keeps its memory.
template <class T> class Line {
 public:
  bool empty() const { return first_ == items_.size(); }
  bool single() const { return first_ + 1 == items_.size(); }
  const T& front() const { return items_[first_]; }
  void push(const T& item) { items_.push_back(item); }
  void pop() {
    if (++first_ == items_.size()) {
      items_.clear();
      first_ = 0;
    }
  }

 private:
  std::vector<T> items_;
  std::size_t first_ = 0;
};

/// Times of the last entries of a bounded queue.
class TimeRing {
 public:
  explicit TimeRing(int size = 0) : times_(static_cast<std::size_t>(size)) {}
  bool empty() const { return times_.empty(); }
  Picoseconds next() const { return times_[next_]; }
  /// The next entry's time, known or not.
  void enter(Picoseconds time) {
    times_[next_] = time;
    next_ = after(next_);
  }
  /// The time of the oldest entry that was entered without one.
  void tell(Picoseconds time) {
    times_[oldest_] = time;
    oldest_ = after(oldest_);
  }

 private:
  std::size_t after(std::size_t i) const { return i + 1 == times_.size() ? 0 : i + 1; }
  std::vector<Picoseconds> times_;
  std::size_t next_ = 0, oldest_ = 0;
};

/// Messages of one net.
struct Stream {
  int root = 0;
  std::int32_t group = 0;
  std::int64_t trains = 0, sent = 0;
  double length = 0;                            ///< messages in a train
  Picoseconds service = 0, start = 0, pace = 0; ///< of a train
};

struct Train {
  std::int32_t node = 0, stream = 0;
  Picoseconds arrival = 0;
};

/// A core's queue of a few trains, of which it digests one at a time.
struct Receiver {
  explicit Receiver(int queue) : begins(queue) {}
  TimeRing begins; ///< when each left the queue
  Picoseconds accepted = 0, free = 0;

  /// Returns when the train has left the network.
  Picoseconds take(Picoseconds arrival, Picoseconds service) {
    accepted = std::max({arrival, accepted, begins.next()});
    const Picoseconds begin = std::max(accepted, free);
    begins.enter(begin);
    free = begin + service;
    return accepted;
  }
};

struct ChannelState {
  Line<Train> queue;
  TimeRing left;              ///< of its places: when each is known to be free; empty: any number of places
  Picoseconds free = 0;       ///< the link
  Line<std::int32_t> waiting; ///< channels whose first train wants in; -1 - source
  bool due = false;           ///< an event will serve them
  std::uint64_t pending = 0;  ///< bit per child of the first train's node to which it has not gone

  /// When it can take a train.
  Picoseconds open_at() const { return left.empty() ? free : std::max(free, left.next()); }
};

} // namespace moesaic::mappings
