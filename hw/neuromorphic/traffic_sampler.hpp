// Looks at the network's routers at regular times, for traces; changes nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/neuromorphic/core_spans.hpp"
#include "hw/noc/fabric.hpp"

namespace moesaic::hw {

/// Reads the flits of all routers every `log.interval`, while there is any traffic in the log's window.
class TrafficSampler : public noc::Agent {
 public:
  TrafficSampler(noc::Fabric& fabric, Picoseconds period, SpanLog& log);

  std::uint64_t next_action() const override;
  void act(std::uint64_t cycle) override;
  /// Writes down what is still open, at the end of the run.
  void finish();

 private:
  struct Unit {
    std::int32_t router, port;
    std::uint64_t flits = 0; ///< when last looked at
    TrafficSpan open;        ///< without flits: none
  };
  std::uint64_t moved() const; ///< grows whenever a packet enters or leaves the network
  void look(std::uint64_t from, std::uint64_t to, bool keep);
  void close(Unit& unit);

  noc::Fabric& fabric_;
  Picoseconds period_;
  SpanLog& log_;
  std::vector<Unit> units_; ///< of each router itself, then its links between chips
  std::uint64_t interval_, first_, last_; ///< cycles
  std::uint64_t looked_ = 0, moved_ = 0, hops_ = 0;
  bool stalled_ = false; ///< nothing moved when last looked at: waits until something does
};

} // namespace moesaic::hw
