#include "hw/noc/deadlock.hpp"

#include <map>
#include <vector>

namespace moesaic::hw::noc {

namespace {

struct Channel {
  int router, input;
  bool operator<(const Channel& other) const {
    return router != other.router ? router < other.router : input < other.input;
  }
};

const char* side(int port) {
  static const char* const names[] = {"east", "west", "north", "south"};
  return port < first_local ? names[port] : "local";
}

class Waits {
 public:
  Waits(const NetworkConfig& config, const RouterBank& routers)
      : topology_(config.topology), routers_(routers) {}

  /// The channels that `at` waits for: the buffer that is full, or the input that holds the output channel it
  /// wants.
  std::vector<Channel> of(Channel at) const {
    std::vector<Channel> waits;
    const InputChannel& channel = routers_.input(at.router, at.input);
    std::uint32_t ports = channel.active || !channel.ports ? 1u << channel.out_port : channel.ports;
    for (; ports; ports &= ports - 1) {
      const int port = __builtin_ctz(ports);
      for (int vc = 0; vc < routers_.vcs(); ++vc) {
        if (channel.active && vc != channel.out_vc)
          continue;
        const int holder = channel.active ? -1 : holder_of(at.router, port, vc);
        if (holder >= 0)
          waits.push_back({at.router, holder});
        else if (port < first_local)
          waits.push_back({topology_.neighbour(at.router, port), (port ^ 1) * routers_.vcs() + vc});
      }
    }
    return waits;
  }

  std::string name(Channel at) const {
    const int port = at.input / routers_.vcs();
    return "router (" + std::to_string(topology_.x_of(at.router)) + ", " +
           std::to_string(topology_.y_of(at.router)) + ") " + side(port) + " input, channel " +
           std::to_string(at.input % routers_.vcs());
  }

 private:
  int holder_of(int router, int port, int vc) const {
    for (int in = 0; in < routers_.ports() * routers_.vcs(); ++in) {
      const InputChannel& holder = routers_.input(router, in);
      if (holder.active && holder.out_port == port && holder.out_vc == vc)
        return in;
    }
    return -1;
  }
  const Topology& topology_;
  const RouterBank& routers_;
};

/// Depth-first search for a way from `at` back to a channel on the path.
bool find_cycle(const Waits& waits, Channel at, std::map<Channel, int>& state, std::vector<Channel>& path) {
  state[at] = 1;
  path.push_back(at);
  for (const Channel next : waits.of(at)) {
    if (state[next] == 1) {
      std::size_t start = 0;
      while (path[start] < next || next < path[start])
        ++start;
      path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(start));
      return true;
    }
    if (state[next] == 0 && find_cycle(waits, next, state, path))
      return true;
  }
  state[at] = 2;
  path.pop_back();
  return false;
}

} // namespace

std::string describe_deadlock(const NetworkConfig& config, const RouterBank& routers) {
  const Waits waits(config, routers);
  std::map<Channel, int> state; // 1 on the path, 2 done
  std::vector<Channel> path;
  for (int r = 0; r < config.topology.routers(); ++r)
    for (std::uint64_t rest = routers.occupied(r); rest; rest &= rest - 1) {
      const Channel start{r, __builtin_ctzll(rest)};
      if (state[start] == 0 && find_cycle(waits, start, state, path)) {
        std::string text = "the network is deadlocked; these channels wait for each other:";
        for (const Channel channel : path)
          text += "\n  " + waits.name(channel);
        return text + "\n  and again " + waits.name(path.front());
      }
    }
  return "the network is stuck: packets are left that no router can move, and no cycle of channels was found";
}

} // namespace moesaic::hw::noc
