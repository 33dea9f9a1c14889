#include "oracle.hpp"

#include <algorithm>
#include <deque>
#include <systemc>

#include "hw/noc/router.hpp"

namespace moesaic::hw::noc::test {

namespace {

struct Message { // a flit or a credit on a wire, valid in one cycle only
  std::uint64_t cycle = 0;
  int vc = 0;
  Flit flit;
  bool operator==(const Message& other) const { return cycle == other.cycle; }
};
std::ostream& operator<<(std::ostream& out, const Message& message) {
  return out << message.cycle;
}
void sc_trace(sc_core::sc_trace_file*, const Message&, const std::string&) {}

/// A wire of fixed latency: what is put in at cycle t can be read at t + latency, one message a cycle.
class Wire {
 public:
  Wire() : signal_(sc_core::sc_gen_unique_name("wire")) {}
  void put(Message message, std::uint64_t now, int latency) {
    message.cycle = now + static_cast<std::uint64_t>(latency);
    line_.push_back(message);
  }
  /// In every cycle: what must be readable in the next one goes on the signal.
  void clock(std::uint64_t now) {
    if (!line_.empty() && line_.front().cycle == now + 1) {
      signal_.write(line_.front());
      line_.pop_front();
    }
  }
  bool read(std::uint64_t now, Message& message) const {
    message = signal_.read();
    return message.cycle == now;
  }

 private:
  sc_core::sc_signal<Message> signal_;
  std::deque<Message> line_;
};

struct Wires { // of one direction of a link: flits, and credits coming back
  Wire flits, credits;
};

SC_MODULE(RouterModule) {
  RouterModule(sc_core::sc_module_name name, const NetworkConfig& config, const RouteFunction& route,
               int router, sc_core::sc_clock& clock)
      : sc_module(name), config(config), bank(config, route, router, 1), router(router) {
    SC_HAS_PROCESS(RouterModule);
    SC_METHOD(step);
    sensitive << clock.posedge_event();
    dont_initialize();
  }

  int latency(int port) const {
    const Topology& topology = config.topology;
    return topology.link_classes()[topology.link_class(router, port)].latency;
  }
  void flit(int port, int vc, Flit flit) {
    out[static_cast<std::size_t>(port)]->flits.put({0, vc, flit}, now,
                                                   1 + config.pipeline.traversal + latency(port));
  }
  void credit(int port, int vc) {
    in[static_cast<std::size_t>(port)]->credits.put({0, vc, {}}, now,
                                                    1 + config.pipeline.credit + latency(port));
  }

  void step() {
    ++now;
    Message message;
    for (int port = 0; port < bank.ports(); ++port)
      if (Wires* wires = out[static_cast<std::size_t>(port)]; wires && wires->credits.read(now, message))
        bank.credit(0, port * bank.vcs() + message.vc);
    for (int port = 0; port < bank.ports(); ++port)
      if (Wires* wires = in[static_cast<std::size_t>(port)]; wires && wires->flits.read(now, message))
        bank.arrive(0, port * bank.vcs() + message.vc, message.flit, now);
    bank.step_without_shortcut(0, now, *this);
    for (Wires* wires : out)
      if (wires)
        wires->flits.clock(now);
    for (Wires* wires : in)
      if (wires)
        wires->credits.clock(now);
  }

  const NetworkConfig& config;
  RouterBank bank;
  int router;
  std::uint64_t now = 0;
  std::vector<Wires*> in, out; // by port
};

SC_MODULE(EndpointModule) {
  EndpointModule(sc_core::sc_module_name name, const NetworkConfig& config, sc_core::sc_clock& clock)
      : sc_module(name), config(config),
        free(static_cast<std::size_t>(config.virtual_channels), config.depth) {
    SC_HAS_PROCESS(EndpointModule);
    SC_METHOD(step);
    sensitive << clock.posedge_event();
    dont_initialize();
  }

  struct Queued {
    std::uint64_t enters;
    std::uint32_t number, route;
    int length;
  };

  void step() {
    ++now;
    const int local = config.topology.link_classes()[local_link].latency;
    Message message;
    if (to.credits.read(now, message))
      ++free[static_cast<std::size_t>(message.vc)];
    if (from.flits.read(now, message)) {
      if (message.flit.tail())
        arrivals->push_back({now, endpoint, message.flit.packet});
      from.credits.put({0, message.vc, {}}, now, 1 + local + config.pipeline.credit);
    }
    if (!queue.empty() && queue.front().enters <= now)
      inject(1 + local);
    to.flits.clock(now);
    from.credits.clock(now);
  }

  void inject(int latency) {
    const Queued& packet = queue.front();
    int chosen = sent ? vc : -1;
    for (int k = 1; k <= config.virtual_channels && chosen < 0; ++k)
      if (free[static_cast<std::size_t>((vc + k) % config.virtual_channels)] > 0)
        chosen = (vc + k) % config.virtual_channels;
    if (chosen < 0 || free[static_cast<std::size_t>(chosen)] == 0)
      return;
    vc = chosen;
    --free[static_cast<std::size_t>(vc)];
    Flit flit{packet.number, packet.route};
    if (sent == 0 || flit.multicast())
      flit.route |= Flit::head_bit;
    if (++sent == packet.length) {
      flit.route |= Flit::tail_bit;
      sent = 0;
      queue.pop_front();
    }
    to.flits.put({0, vc, flit}, now, latency);
  }

  const NetworkConfig& config;
  int endpoint = 0;
  std::uint64_t now = 0;
  std::vector<int> free;
  std::deque<Queued> queue;
  int sent = 0, vc = 0;
  Wires to, from; // the router
  std::vector<Arrival>* arrivals = nullptr;
};

} // namespace

std::vector<Arrival> run_oracle(const NetworkConfig& config, const MulticastTrees& trees,
                                const std::vector<Sent>& sent, std::uint64_t cycles) {
  const Topology& topology = config.topology;
  const sc_core::sc_time period(1, sc_core::SC_NS);
  sc_core::sc_clock clock("clock", period, 0.5, period);
  const RouteFunction route(config, trees);
  std::vector<std::unique_ptr<RouterModule>> routers;
  std::vector<std::unique_ptr<EndpointModule>> endpoints;
  std::vector<std::unique_ptr<Wires>> links;
  std::vector<Arrival> arrivals;
  for (int r = 0; r < topology.routers(); ++r) {
    routers.push_back(
        std::make_unique<RouterModule>(sc_core::sc_gen_unique_name("router"), config, route, r, clock));
    routers.back()->in.resize(static_cast<std::size_t>(topology.ports()));
    routers.back()->out.resize(static_cast<std::size_t>(topology.ports()));
  }
  for (int r = 0; r < topology.routers(); ++r)
    for (int port = 0; port < topology.ports(); ++port)
      if (const int next = topology.is_local(r, port) ? -1 : topology.neighbour(r, port); next >= 0) {
        links.push_back(std::make_unique<Wires>());
        routers[static_cast<std::size_t>(r)]->out[static_cast<std::size_t>(port)] = links.back().get();
        const auto back = static_cast<std::size_t>(topology.opposite(r, port));
        routers[static_cast<std::size_t>(next)]->in[back] = links.back().get();
      }
  for (int e = 0; e < topology.endpoints(); ++e) {
    endpoints.push_back(
        std::make_unique<EndpointModule>(sc_core::sc_gen_unique_name("endpoint"), config, clock));
    endpoints.back()->endpoint = e;
    endpoints.back()->arrivals = &arrivals;
    RouterModule& router = *routers[static_cast<std::size_t>(topology.router_of(e))];
    router.in[static_cast<std::size_t>(topology.port_of(e))] = &endpoints.back()->to;
    router.out[static_cast<std::size_t>(topology.port_of(e))] = &endpoints.back()->from;
  }
  for (std::size_t n = 0; n < sent.size(); ++n) {
    const Request& request = sent[n].request;
    const int router = topology.router_of(request.destination);
    const std::uint32_t place = sent[n].group >= 0 ? trees.root(sent[n].group) | Flit::multicast_bit
                                                   : Flit::place(topology.x_of(router), topology.y_of(router),
                                                                 topology.port_of(request.destination));
    endpoints[static_cast<std::size_t>(request.source)]->queue.push_back(
        {request.cycle, static_cast<std::uint32_t>(n), place, request.length});
  }
  sc_core::sc_start(period * static_cast<double>(cycles + 1));
  std::sort(arrivals.begin(), arrivals.end());
  return arrivals;
}

} // namespace moesaic::hw::noc::test
