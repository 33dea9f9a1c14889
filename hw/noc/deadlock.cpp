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

class Waits {
 public:
  Waits(const NetworkConfig& config, const Routers& routers)
      : topology_(config.topology), routers_(routers), vcs_(config.virtual_channels) {}

  /// The channels that `at` waits for: the buffer that is full, or the input that holds the output channel it
  /// wants.
  std::vector<Channel> of(Channel at) const {
    std::vector<Channel> waits;
    const Wait wait = routers_.wait(at.router, at.input);
    for (std::uint32_t ports = wait.ports; ports; ports &= ports - 1) {
      const int port = __builtin_ctz(ports);
      for (int vc = 0; vc < vcs_; ++vc) {
        if (wait.holds >= 0 && vc != wait.holds)
          continue;
        const int holder = wait.holds >= 0 ? -1 : holder_of(at.router, port, vc);
        if (holder >= 0)
          waits.push_back({at.router, holder});
        else if (!topology_.is_local(at.router, port))
          waits.push_back({topology_.neighbour(at.router, port), topology_.opposite(at.router, port) * vcs_ + vc});
      }
    }
    return waits;
  }

  std::string name(Channel at) const {
    const int port = at.input / vcs_;
    return topology_.router_name(at.router) + " " + topology_.port_name(at.router, port) + " input, channel " +
           std::to_string(at.input % vcs_);
  }

 private:
  int holder_of(int router, int port, int vc) const {
    for (int in = 0; in < topology_.ports() * vcs_; ++in) {
      const Wait wait = routers_.wait(router, in);
      if (wait.holds == vc && wait.ports == 1u << port)
        return in;
    }
    return -1;
  }
  const Topology& topology_;
  const Routers& routers_;
  int vcs_;
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

std::string describe_deadlock(const NetworkConfig& config, const Routers& routers) {
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
