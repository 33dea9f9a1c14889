#include "mappings/placement/gateway_flow.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

namespace moesaic::mappings {

namespace {

/// The members of a group on one chip: they get the same messages at the same time, so the slowest stands for all.
class Receiver {
 public:
  explicit Receiver(int queue) : begins_(static_cast<std::size_t>(std::max(1, queue))) {}
  /// When its queue can take one more message in.
  double room() const { return begins_[next_]; }
  void take(double now, double service) {
    const double begin = std::max(now, free_);
    free_ = begin + service;
    begins_[next_] = begin;
    next_ = next_ + 1 == begins_.size() ? 0 : next_ + 1;
  }
  double free() const { return free_; }

 private:
  std::vector<double> begins_; ///< of the last messages, a ring
  std::size_t next_ = 0;
  double free_ = 0;
};

/// Where a group's members are: a receiver for each chip, ascending.
struct Stops {
  std::vector<std::pair<std::int32_t, std::int32_t>> chips; ///< chip, receiver
};

struct Stream {
  const Net* net = nullptr;
  const Stops* stops = nullptr;
  std::int64_t left = 0;
  std::int32_t chip = 0; ///< of the source
  std::int32_t home = -1; ///< receiver on that chip
  bool remote = false;
};

struct Gateway {
  std::deque<std::pair<std::int32_t, std::int32_t>> queue; ///< stream, its receiver on this chip; -1: leaves the chip
  bool active = false;                                     ///< a turn is due
};

enum Kind : std::int32_t { emission, arrival, gateway_turn };

class Flow {
 public:
  Flow(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets, const Placement& placement)
      : traffic_(traffic), floor_(floor), grid_(chip_grid(floor)), tree_(grid_),
        gateways_(static_cast<std::size_t>(floor.chips())), wanted_(gateways_.size(), -1),
        link_free_(static_cast<std::size_t>(grid_.links())), reached_(link_free_.size()) {
    for (const std::int32_t net : nets)
      add_stream(traffic.nets[static_cast<std::size_t>(net)], placement);
  }

  double run() {
    for (const auto& [source, streams] : by_source_)
      add(streams_[static_cast<std::size_t>(streams.front())].net->start, emission, source);
    while (!events_.empty()) {
      const auto [time, number, kind, who, receiver] = events_.top();
      events_.pop();
      if (kind == emission)
        emit(who, time);
      else if (kind == arrival)
        enter(receivers_chip_[static_cast<std::size_t>(receiver)], who, receiver, time);
      else
        turn(who, time);
    }
    for (const Receiver& receiver : receivers_)
      end_ = std::max(end_, receiver.free());
    return end_;
  }

 private:
  static Floor chip_grid(const Floor& floor) {
    Floor grid = floor;
    grid.routers_across = grid.routers_down = grid.cores_per_router = grid.chip_cores = 1;
    grid.gateway = -1;
    return grid;
  }

  void add(double time, Kind kind, std::int32_t who, std::int32_t receiver = -1) {
    events_.emplace(time, number_++, kind, who, receiver);
  }

  /// Messages that wait at the nearest member before its tree is held up: in its queue, and at the routers on the way.
  int waiting_room(std::int32_t chip, std::int32_t group, const Placement& placement) const {
    int hops = floor_.routers_across + floor_.routers_down;
    const int from = std::max(0, floor_.gateway);
    for (const std::int32_t member : traffic_.groups[static_cast<std::size_t>(group)]) {
      const std::int32_t slot = placement[static_cast<std::size_t>(member)];
      const int to = floor_.core_of(slot) / floor_.cores_per_router;
      if (floor_.chip_of(slot) == chip)
        hops = std::min(hops, std::abs(to % floor_.routers_across - from % floor_.routers_across) +
                                  std::abs(to / floor_.routers_across - from / floor_.routers_across));
    }
    return floor_.queue + floor_.buffer * hops;
  }

  const Stops* stops_of(std::int32_t group, const Placement& placement) {
    const auto [at, made] = stops_.try_emplace(group);
    if (!made)
      return &at->second;
    std::vector<std::int32_t> chips;
    for (const std::int32_t member : traffic_.groups[static_cast<std::size_t>(group)])
      chips.push_back(floor_.chip_of(placement[static_cast<std::size_t>(member)]));
    std::sort(chips.begin(), chips.end());
    chips.erase(std::unique(chips.begin(), chips.end()), chips.end());
    for (const std::int32_t chip : chips) {
      at->second.chips.emplace_back(chip, static_cast<std::int32_t>(receivers_.size()));
      receivers_.emplace_back(waiting_room(chip, group, placement));
      receivers_chip_.push_back(chip);
    }
    return &at->second;
  }

  void add_stream(const Net& net, const Placement& placement) {
    Stream stream;
    stream.net = &net;
    stream.left = std::llround(net.flits);
    stream.chip = floor_.chip_of(placement[static_cast<std::size_t>(net.source)]);
    stream.stops = stops_of(net.group, placement);
    for (const auto& [chip, receiver] : stream.stops->chips)
      if (chip == stream.chip)
        stream.home = receiver;
      else
        stream.remote = true;
    if (stream.left <= 0)
      return;
    auto& streams = by_source_[net.source];
    streams.push_back(static_cast<std::int32_t>(streams_.size()));
    streams_.push_back(stream);
  }

  /// The source sends its streams one after the other; each message when its own chip's members have room.
  void emit(std::int32_t source, double now) {
    auto& streams = by_source_[source];
    const std::int32_t index = streams.front();
    Stream& stream = streams_[static_cast<std::size_t>(index)];
    if (stream.home >= 0) {
      Receiver& receiver = receivers_[static_cast<std::size_t>(stream.home)];
      if (receiver.room() > now)
        return add(receiver.room(), emission, source);
      receiver.take(now, stream.net->service);
    }
    if (stream.remote)
      enter(stream.chip, index, -1, now);
    if (--stream.left == 0)
      streams.erase(streams.begin());
    if (!streams.empty())
      add(now + stream.net->pace, emission, source);
  }

  /// A message comes to a gateway.
  void enter(std::int32_t chip, std::int32_t stream, std::int32_t receiver, double now) {
    Gateway& gateway = gateways_[static_cast<std::size_t>(chip)];
    gateway.queue.emplace_back(stream, receiver);
    if (!gateway.active) {
      gateway.active = true;
      add(now, gateway_turn, chip);
    }
  }

  /// The gateway's first message goes on, or holds up the others.
  void turn(std::int32_t chip, double now) {
    Gateway& gateway = gateways_[static_cast<std::size_t>(chip)];
    const auto [index, receiver] = gateway.queue.front();
    const Stream& stream = streams_[static_cast<std::size_t>(index)];
    double ready = now;
    if (receiver >= 0) {
      Receiver& taker = receivers_[static_cast<std::size_t>(receiver)];
      ready = taker.room();
      if (ready <= now)
        taker.take(now, stream.net->service);
    } else {
      ready = leave(index, stream, now);
    }
    if (ready > now)
      return add(ready, gateway_turn, chip);
    gateway.queue.pop_front();
    gateway.active = !gateway.queue.empty();
    if (gateway.active)
      add(now + floor_.east_west.occupancy, gateway_turn, chip);
  }

  /// Sends a message over the links between chips; returns when that can be, where it is later.
  double leave(std::int32_t index, const Stream& stream, double now) {
    tree_.start(stream.chip);
    for (const auto& [chip, receiver] : stream.stops->chips)
      if (chip != stream.chip) {
        tree_.reach(chip);
        wanted_[static_cast<std::size_t>(chip)] = receiver;
      }
    double ready = now;
    const double waiting = floor_.buffer * std::max(1, floor_.routers_across / 2) * floor_.border.occupancy;
    tree_.links([&](int link, int parent) {
      if (parent < 0)
        ready = std::max(ready, link_free_[static_cast<std::size_t>(link)] - waiting);
    });
    if (ready <= now)
      tree_.links([&](int link, int parent) {
        const double from = parent < 0 ? now : reached_[static_cast<std::size_t>(parent)];
        double& free = link_free_[static_cast<std::size_t>(link)];
        free = std::max(free, from) + floor_.border.occupancy;
        const double there = reached_[static_cast<std::size_t>(link)] = free + floor_.border.latency;
        if (std::int32_t& receiver = wanted_[static_cast<std::size_t>(beyond(link))]; receiver >= 0) {
          add(there, arrival, index, receiver);
          receiver = -1;
        }
      });
    else
      for (const auto& stop : stream.stops->chips)
        wanted_[static_cast<std::size_t>(stop.first)] = -1;
    return ready;
  }

  int beyond(int link) const {
    const int chip = link / 4;
    switch (link % 4) {
    case to_east:
      return chip + 1;
    case to_west:
      return chip - 1;
    case to_north:
      return chip - grid_.chips_across;
    default:
      return chip + grid_.chips_across;
    }
  }

  using Event = std::tuple<double, std::int64_t, Kind, std::int32_t, std::int32_t>;
  const Traffic& traffic_;
  const Floor& floor_;
  Floor grid_; ///< one router per chip
  RouteTree tree_;
  std::vector<Gateway> gateways_;
  std::vector<std::int32_t> wanted_; ///< by chip: receiver of the message at hand, or -1
  std::vector<double> link_free_, reached_;
  std::vector<Stream> streams_;
  std::vector<Receiver> receivers_;
  std::vector<std::int32_t> receivers_chip_;
  std::map<std::int32_t, Stops> stops_; ///< by group
  std::map<std::int32_t, std::vector<std::int32_t>> by_source_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::int64_t number_ = 0;
  double end_ = 0;
};

} // namespace

double flow_seconds(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets,
                    const Placement& placement) {
  if (floor.gateway < 0 && floor.chips() > 1)
    return 0;
  return Flow(traffic, floor, nets, placement).run();
}

} // namespace moesaic::mappings
