#include "mappings/placement/channel_graph.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::mappings {

namespace {

Picoseconds picoseconds(double seconds) {
  return std::llround(seconds * 1e12);
}

/// Messages follow each other at least so long after one another: a buffer's places come back a round trip after they
/// were taken.
Picoseconds pace(const Channel& channel) {
  const Picoseconds round_trip = channel.latency + channel.back;
  return std::max(channel.occupancy, channel.room > 0 ? round_trip / channel.room : 0);
}

} // namespace

ChannelGraph::ChannelGraph(const Traffic& traffic, const Floor& floor, const Placement& placement)
    : traffic_(traffic), floor_(floor), placement_(placement), tree_(floor),
      cycle_(picoseconds(floor.east_west.occupancy)),
      channel_of_(static_cast<std::size_t>(floor.links() + floor.chips()) + 2 * traffic.vertices.size(), -1),
      leaf_(traffic.vertices.size(), -1), at_(static_cast<std::size_t>(floor.routers())), seen_(at_.size(), -1) {}

std::int32_t ChannelGraph::add_node(std::size_t key, const Channel& made, Branches branches) {
  std::int32_t& channel = channel_of_[key];
  if (channel < 0) {
    channel = static_cast<std::int32_t>(channels_.size());
    channels_.push_back(made);
  }
  nodes_.push_back({channel, branches.first, branches.children});
  return static_cast<std::int32_t>(nodes_.size()) - 1;
}

/// The branches at `router` of a dimension-order tree from there to all `ends`.
ChannelGraph::Branches ChannelGraph::segment(int router, const Ends& ends) {
  tree_.start(router);
  for (const auto& end : ends)
    tree_.reach(end.first);
  taken_.clear();
  tree_.links([&](int link, int) { taken_.push_back(link); });
  return grow(router, ends);
}

/// The same along the links in taken_, parents first.
ChannelGraph::Branches ChannelGraph::grow(int router, const Ends& ends) {
  ++segments_;
  used_.clear();
  std::vector<std::pair<int, int>> links; // link, position of its router
  const auto pass = [&](int at) {
    seen_[static_cast<std::size_t>(at)] = segments_;
    at_[static_cast<std::size_t>(at)] = static_cast<std::int32_t>(used_.size());
    used_.push_back(0);
  };
  pass(router);
  for (const int link : taken_) {
    const int from = at_[static_cast<std::size_t>(floor_.from_of(link))];
    ++used_[static_cast<std::size_t>(from)];
    links.emplace_back(link, from);
    pass(floor_.to_of(link));
  }
  for (const auto& end : ends)
    ++used_[static_cast<std::size_t>(at_[static_cast<std::size_t>(end.first)])];
  std::vector<Branches> branches;
  for (const std::int32_t count : used_) {
    branches.push_back({static_cast<std::int32_t>(children_.size()), 0});
    children_.resize(children_.size() + static_cast<std::size_t>(count));
  }
  const auto join = [&](int at, std::int32_t node) {
    Branches& to = branches[static_cast<std::size_t>(at)];
    children_[static_cast<std::size_t>(to.first + to.children++)] = node;
  };
  for (const auto& end : ends)
    join(at_[static_cast<std::size_t>(end.first)], end.second);
  // The last link's branches are complete first: children come after their parents.
  for (std::size_t i = links.size(); i-- > 0;) {
    const LinkCost& cost = floor_.cost_of(links[i].first);
    const Picoseconds latency = picoseconds(cost.latency);
    join(links[i].second, add_node(static_cast<std::size_t>(links[i].first),
                                   {picoseconds(cost.occupancy), latency, latency, cost.buffer > 0 ? cost.buffer : floor_.buffer, -1},
                                  branches[i + 1]));
  }
  return branches[0];
}

std::int32_t ChannelGraph::leaf(std::int32_t vertex) {
  std::int32_t& node = leaf_[static_cast<std::size_t>(vertex)];
  if (node < 0)
    node = add_node(static_cast<std::size_t>(floor_.links() + floor_.chips()) + traffic_.vertices.size() +
                        static_cast<std::size_t>(vertex),
                    {cycle_, cycle_, cycle_, floor_.buffer, vertex}, {});
  return node;
}

std::int32_t ChannelGraph::gateway_node(int chip, Branches branches) {
  return add_node(static_cast<std::size_t>(floor_.links() + chip), {cycle_, 2 * cycle_, cycle_, 0, -1}, branches);
}

const std::vector<std::pair<int, std::int32_t>>& ChannelGraph::members(std::int32_t group) {
  const auto [at, made] = members_.try_emplace(group);
  if (made) {
    for (const std::int32_t member : traffic_.groups[static_cast<std::size_t>(group)])
      at->second.emplace_back(floor_.chip_of(slot_of(member)), member);
    std::sort(at->second.begin(), at->second.end());
  }
  return at->second;
}

ChannelGraph::Branches ChannelGraph::on_chip(std::int32_t group, int chip) {
  const auto [at, made] = local_.try_emplace({group, chip});
  if (made) {
    Ends ends;
    const auto& all = members(group);
    for (auto one = std::lower_bound(all.begin(), all.end(), std::make_pair(chip, std::int32_t{-1}));
         one != all.end() && one->first == chip; ++one)
      ends.emplace_back(floor_.router_of(slot_of(one->second)), leaf(one->second));
    at->second = segment(floor_.gateway_of(chip), ends);
  }
  return at->second;
}

ChannelGraph::Branches ChannelGraph::between_gateways(std::int32_t group, int home) {
  const auto [at, made] = between_.try_emplace({group, home});
  if (made) {
    Ends ends;
    int last = home;
    for (const auto& [chip, member] : members(group))
      if (chip != home && chip != last) {
        last = chip;
        ends.emplace_back(floor_.gateway_of(chip), gateway_node(chip, on_chip(group, chip)));
      }
    at->second = segment(floor_.gateway_of(home), ends);
  }
  return at->second;
}

ChannelGraph::Branches ChannelGraph::from_home(std::int32_t group, int chip, int router) {
  const auto [at, made] = home_.try_emplace({group, router});
  if (made) {
    Ends ends;
    bool leaves = false;
    for (const auto& [on, member] : members(group))
      if (on == chip || floor_.gateway < 0)
        ends.emplace_back(floor_.router_of(slot_of(member)), leaf(member));
      else
        leaves = true;
    if (leaves)
      ends.emplace_back(floor_.gateway_of(chip), gateway_node(chip, between_gateways(group, chip)));
    at->second = segment(router, ends);
  }
  return at->second;
}

ChannelGraph::Branches ChannelGraph::own_path(const Net& net, int router) {
  Ends ends;
  for (const std::int32_t member : traffic_.groups[static_cast<std::size_t>(net.group)])
    ends.emplace_back(floor_.router_of(slot_of(member)), leaf(member));
  taken_.clear();
  for (const auto& [from, to] : traffic_.paths[static_cast<std::size_t>(net.path)])
    taken_.push_back(floor_.link_between(from, to));
  return grow(router, ends);
}

int ChannelGraph::add(const Net& net) {
  const int slot = slot_of(net.source);
  const Branches branches = net.path >= 0 ? own_path(net, floor_.router_of(slot))
                                          : from_home(net.group, floor_.chip_of(slot), floor_.router_of(slot));
  roots_.push_back(add_node(static_cast<std::size_t>(floor_.links() + floor_.chips() + net.source),
                            {cycle_, cycle_, cycle_, floor_.buffer + 1, -1}, branches));
  return static_cast<int>(roots_.size()) - 1;
}

void ChannelGraph::contract() {
  constexpr std::int32_t none = -1, several = -2;
  std::vector<std::int32_t> before(channels_.size(), none), after(channels_.size(), none);
  const auto note = [&](std::int32_t& one, std::int32_t other) { one = one == none || one == other ? other : several; };
  for (const RouteNode& node : nodes_)
    for (int i = 0; i < node.children; ++i) {
      const std::int32_t next = this->node(child(node, i)).channel;
      note(after[static_cast<std::size_t>(node.channel)], next);
      note(before[static_cast<std::size_t>(next)], node.channel);
    }
  const auto joins = [&](std::int32_t channel) { // the one that follows it
    const std::int32_t next = after[static_cast<std::size_t>(channel)];
    return next >= 0 && before[static_cast<std::size_t>(next)] == channel;
  };
  const auto count = static_cast<std::int32_t>(channels_.size());
  for (std::int32_t c = 0; c < count; ++c) {
    const std::int32_t previous = before[static_cast<std::size_t>(c)];
    if (previous >= 0 && joins(previous))
      continue; // not the first of its chain
    Channel sum = channels_[static_cast<std::size_t>(c)];
    std::int32_t last = c;
    while (joins(last)) {
      last = after[static_cast<std::size_t>(last)];
      const Channel& next = channels_[static_cast<std::size_t>(last)];
      sum.occupancy = std::max({sum.occupancy, pace(channels_[static_cast<std::size_t>(c)]), pace(next)});
      sum.latency += next.latency;
      sum.back += next.back;
      sum.room = sum.room == 0 || next.room == 0 ? 0 : sum.room + next.room;
      sum.receiver = next.receiver;
    }
    channels_[static_cast<std::size_t>(last)] = sum;
  }
  const auto skip = [&](std::int32_t node) {
    while (joins(this->node(node).channel))
      node = child(this->node(node), 0);
    return node;
  };
  for (std::int32_t& node : children_)
    node = skip(node);
  for (std::int32_t& node : roots_)
    node = skip(node);
}

} // namespace moesaic::mappings
