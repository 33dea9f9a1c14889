// The fast network under the same requests as the oracle, each injected by a SystemC process at its time.
#include <algorithm>
#include <deque>

#include "hw/noc/fabric.hpp"
#include "oracle.hpp"

namespace moesaic::hw::noc::test {

namespace {

SC_MODULE(Senders), public Endpoints {
 public:
  Senders(sc_core::sc_module_name name, Fabric & fabric, const std::vector<Sent>& sent)
      : sc_module(name), fabric_(fabric), sent_(sent),
        waiting_(static_cast<std::size_t>(fabric.topology().endpoints())) {
    SC_HAS_PROCESS(Senders);
    SC_METHOD(run);
    fabric.attach(*this);
  }

  bool deliver(int endpoint, const Delivery& packet, std::uint64_t cycle) override {
    arrivals.push_back({cycle, endpoint, packet.tag});
    return true;
  }
  void room(int endpoint, std::uint64_t) override {
    auto& queue = waiting_[static_cast<std::size_t>(endpoint)];
    while (!queue.empty() && fabric_.try_inject(endpoint, queue.front()))
      queue.pop_front();
  }

  std::vector<Arrival> arrivals;

 private:
  /// What is to enter in cycle c is injected between the edges of c - 1 and c.
  sc_core::sc_time when(std::size_t n) const {
    return fabric_.time_of(sent_[n].request.cycle) - sc_core::sc_time(300, sc_core::SC_PS);
  }
  void run() {
    for (; next_ < sent_.size() && when(next_) <= sc_core::sc_time_stamp(); ++next_) {
      const Request& request = sent_[next_].request;
      Packet packet;
      packet.destination = request.destination;
      packet.group = sent_[next_].group;
      packet.length = request.length;
      packet.tag = static_cast<std::uint32_t>(next_);
      auto& queue = waiting_[static_cast<std::size_t>(request.source)];
      if (!queue.empty() || !fabric_.try_inject(request.source, packet))
        queue.push_back(packet);
    }
    if (next_ < sent_.size())
      next_trigger(when(next_) - sc_core::sc_time_stamp());
  }

  Fabric& fabric_;
  const std::vector<Sent>& sent_;
  std::size_t next_ = 0;
  std::vector<std::deque<Packet>> waiting_;
};

} // namespace

std::vector<Arrival> run_fabric(const NetworkConfig& config, const std::vector<std::vector<int>>& groups,
                                const std::vector<Sent>& sent) {
  Fabric fabric("fabric", config, sc_core::sc_time(1, sc_core::SC_NS));
  for (const std::vector<int>& group : groups)
    fabric.add_group(group.front(), {group.begin() + 1, group.end()});
  Senders senders("senders", fabric, sent);
  sc_core::sc_start();
  std::sort(senders.arrivals.begin(), senders.arrivals.end());
  return senders.arrivals;
}

} // namespace moesaic::hw::noc::test
