#include "mappings/placement/message_flow.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <utility>

#include "mappings/placement/flow_state.hpp"

namespace moesaic::mappings {

namespace {

enum Kind : std::int64_t { emission, departure, admission };

class Flow {
 public:
  Flow(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets, const Placement& placement,
       int train)
      : graph_(traffic, floor, placement), train_(train) {
    for (const std::int32_t net : nets)
      add_stream(traffic.nets[static_cast<std::size_t>(net)]);
    graph_.contract();
    for (Stream& stream : streams_)
      stream.root = graph_.root(stream.root);
    for (const Channel& channel : graph_.channels()) {
      channels_.emplace_back();
      if (channel.room > 0)
        channels_.back().left = TimeRing(trains_of(channel.room));
      receiver_of_.push_back(channel.receiver < 0 ? -1 : static_cast<std::int32_t>(receivers_.size()));
      if (channel.receiver >= 0)
        receivers_.emplace_back(trains_of(floor.queue));
    }
    read_digest(traffic);
  }

  /// Returns the end.
  Picoseconds run() {
    for (std::size_t s = 0; s < sources_.size(); ++s)
      add(streams_[static_cast<std::size_t>(sources_[s].front())].start, emission, static_cast<std::int32_t>(s));
    while (!events_.empty()) {
      const auto [time, what] = events_.top();
      const auto who = static_cast<std::int32_t>(what & 0xffffffff);
      events_.pop();
      if (what >> 32 == emission)
        request(graph_.node(stream_of(who).root).channel, -1 - who, time);
      else if (what >> 32 == departure)
        depart(who, time);
      else
        admit(who, time);
    }
    return end_;
  }

 private:
  int trains_of(int messages) const { return std::max(1, (messages + train_ / 2) / train_); }
  void add(Picoseconds time, Kind kind, std::int32_t who) { events_.emplace(time, kind << 32 | who); }
  ChannelState& state(std::int32_t channel) { return channels_[static_cast<std::size_t>(channel)]; }
  /// The stream that a source sends.
  Stream& stream_of(std::int32_t source) {
    return streams_[static_cast<std::size_t>(sources_[static_cast<std::size_t>(source)].front())];
  }

  void add_stream(const Net& net) {
    const std::int64_t messages = std::llround(net.flits);
    if (messages <= 0)
      return;
    Stream stream;
    stream.root = graph_.add(net);
    stream.group = net.group;
    stream.trains = std::max<std::int64_t>(1, (messages + train_ / 2) / train_);
    stream.length = static_cast<double>(messages) / static_cast<double>(stream.trains);
    stream.service = std::llround(net.service * stream.length * 1e12);
    stream.start = std::llround(net.start * 1e12);
    stream.pace = std::llround(net.pace * stream.length * 1e12);
    const auto [at, made] = source_of_.try_emplace(net.source, static_cast<std::int32_t>(sources_.size()));
    if (made)
      sources_.emplace_back();
    sources_[static_cast<std::size_t>(at->second)].push(static_cast<std::int32_t>(streams_.size()));
    streams_.push_back(stream);
  }

  /// What each receiver takes for a message of each group that reaches it.
  void read_digest(const Traffic& traffic) {
    std::vector<char> used(traffic.groups.size(), 0);
    for (const Stream& stream : streams_)
      used[static_cast<std::size_t>(stream.group)] = 1;
    digest_.resize(traffic.vertices.size());
    for (std::size_t group = 0; group < traffic.digest.size(); ++group)
      for (std::size_t m = 0; used[group] && m < traffic.digest[group].size(); ++m)
        digest_[static_cast<std::size_t>(traffic.groups[group][m])].emplace_back(static_cast<std::int32_t>(group),
                                                                                 traffic.digest[group][m]);
  }

  /// Of a train at a receiver.
  Picoseconds service(const Stream& stream, std::int32_t vertex) const {
    for (const auto& [group, seconds] : digest_[static_cast<std::size_t>(vertex)])
      if (group == stream.group)
        return std::llround(seconds * stream.length * 1e12);
    return stream.service;
  }

  /// A source's train enters the network. Its streams go one after the other.
  void emit(std::int32_t source, Picoseconds now) {
    auto& streams = sources_[static_cast<std::size_t>(source)];
    Stream& stream = stream_of(source);
    send(stream.root, streams.front(), now);
    const Picoseconds ready = stream.start + ++stream.sent * stream.pace;
    if (stream.sent == stream.trains) {
      streams.pop();
      if (streams.empty())
        return;
      stream_of(source).start = ready; // the next one's neurons come after this one's
    }
    add(std::max(now, ready), emission, source);
  }

  /// The first train of `who` wants into a channel: at once, or behind those who wait already.
  void request(std::int32_t channel, std::int32_t who, Picoseconds now) {
    ChannelState& to = state(channel);
    if (to.waiting.empty() && to.open_at() <= now)
      return enter(channel, who, now);
    to.waiting.push(who);
    plan(channel);
  }

  /// Serves those who wait when the channel opens; where that is not known yet, leave() plans it.
  void plan(std::int32_t channel) {
    ChannelState& to = state(channel);
    if (to.due || to.waiting.empty() || to.open_at() >= unknown_time)
      return;
    to.due = true;
    add(to.open_at(), admission, channel);
  }

  void admit(std::int32_t channel, Picoseconds now) {
    ChannelState& to = state(channel);
    to.due = false;
    const std::int32_t who = to.waiting.front();
    to.waiting.pop();
    enter(channel, who, now);
    plan(channel);
  }

  void enter(std::int32_t channel, std::int32_t who, Picoseconds now) {
    if (who < 0)
      return emit(-1 - who, now);
    ChannelState& from = state(who);
    const Train train = from.queue.front();
    const RouteNode& node = graph_.node(train.node);
    for (int i = 0; i < node.children; ++i)
      if (const std::int32_t child = graph_.child(node, i); graph_.node(child).channel == channel) {
        from.pending &= ~(std::uint64_t{1} << i);
        send(child, train.stream, now);
        break;
      }
    if (from.pending == 0)
      leave(who, now);
  }

  /// A train goes over the channel of `node`.
  void send(std::int32_t node, std::int32_t stream, Picoseconds now) {
    const std::int32_t index = graph_.node(node).channel;
    const Channel& channel = graph_.channels()[static_cast<std::size_t>(index)];
    const Stream& of = streams_[static_cast<std::size_t>(stream)];
    ChannelState& to = state(index);
    to.free = now + std::llround(static_cast<double>(channel.occupancy) * of.length);
    const Picoseconds arrival = now + channel.latency;
    Picoseconds left = unknown_time;
    if (const std::int32_t at = receiver_of_[static_cast<std::size_t>(index)]; at >= 0) {
      Receiver& receiver = receivers_[static_cast<std::size_t>(at)];
      left = receiver.take(arrival, service(of, channel.receiver)) + channel.back;
      end_ = std::max(end_, receiver.free);
    }
    if (!to.left.empty())
      to.left.enter(left);
    if (left < unknown_time)
      return;
    to.queue.push({node, stream, arrival});
    if (to.queue.single())
      add(arrival, departure, index);
  }

  /// The first train of a channel asks for all that follows.
  void depart(std::int32_t channel, Picoseconds now) {
    ChannelState& from = state(channel);
    const RouteNode& node = graph_.node(from.queue.front().node);
    from.pending = (std::uint64_t{1} << node.children) - 1;
    for (int i = 0; i < node.children; ++i)
      request(graph_.node(graph_.child(node, i)).channel, channel, now);
  }

  void leave(std::int32_t channel, Picoseconds now) {
    ChannelState& from = state(channel);
    from.queue.pop();
    if (!from.left.empty()) {
      from.left.tell(now + graph_.channels()[static_cast<std::size_t>(channel)].back);
      plan(channel);
    }
    if (!from.queue.empty())
      add(std::max(now, from.queue.front().arrival), departure, channel);
  }

  using Event = std::pair<Picoseconds, std::int64_t>; ///< when; kind, and channel or source
  ChannelGraph graph_;
  int train_;
  std::vector<Stream> streams_;
  std::vector<Line<std::int32_t>> sources_;        ///< streams of each
  std::map<std::int32_t, std::int32_t> source_of_; ///< by vertex
  std::vector<ChannelState> channels_;
  std::vector<std::int32_t> receiver_of_; ///< by channel, or -1
  std::vector<Receiver> receivers_;
  std::vector<std::vector<std::pair<std::int32_t, double>>> digest_; ///< by vertex: group, seconds
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  Picoseconds end_ = 0;
};

} // namespace

double flow_seconds(const Traffic& traffic, const Floor& floor, const std::vector<std::int32_t>& nets,
                    const Placement& placement, int train) {
  return static_cast<double>(Flow(traffic, floor, nets, placement, train).run()) * 1e-12;
}

} // namespace moesaic::mappings
