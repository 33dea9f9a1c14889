// All routers and links of a network, stepped as a whole: what the network asks of them, whichever way they
// are simulated.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/noc/config.hpp"
#include "hw/noc/flit.hpp"

namespace moesaic::hw::noc {

class RouteFunction;

/// A flit that has come to its endpoint.
struct Ejection {
  std::uint32_t endpoint;
  std::uint32_t vc;
  Flit flit;
};

/// A credit for a slot of the local input that an endpoint sends into.
struct InjectionCredit {
  std::uint32_t endpoint;
  std::uint32_t vc;
};

/// What an input channel waits for.
struct Wait {
  std::uint32_t ports = 0; ///< bit per output that it wants; of the one that it holds a channel of
  int holds = -1;          ///< the virtual channel that it holds, or -1
};

class Routers {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  virtual ~Routers() = default;

  /// One cycle: arrivals, credits, allocation, traversal. What comes to the endpoints in this cycle lies in
  /// ejections() and credits() until the next step, in no particular order.
  virtual void step(std::uint64_t cycle) = 0;
  std::vector<Ejection>& ejections() { return ejections_; }
  const std::vector<InjectionCredit>& credits() const { return credits_; }

  /// A flit of `endpoint` enters the injection link in `cycle`, for which the endpoint had a credit.
  virtual void enter(std::uint32_t endpoint, int vc, Flit flit, std::uint64_t cycle) = 0;
  /// The slot of the ejection buffer that a flit took is free from `cycle` on.
  virtual void free_slot(std::uint32_t endpoint, int vc, std::uint64_t cycle) = 0;

  /// The first cycle after `cycle` in which anything happens unless a flit enters, or `never`.
  virtual std::uint64_t next(std::uint64_t cycle) const = 0;

  virtual std::uint64_t flits(int router, int port) const = 0; ///< sent since the start
  /// Bit per input (port * virtual channels + vc) that holds a flit.
  virtual std::uint64_t occupied(int router) const = 0;
  virtual Wait wait(int router, int input) const = 0;

 protected:
  std::vector<Ejection> ejections_;
  std::vector<InjectionCredit> credits_;
};

/// Where the links lead and how long they take: of flits, and of credits, which go the other way.
struct LinkTimes {
  explicit LinkTimes(const NetworkConfig& config);

  /// From the switch grant at `port` to the flit's arrival.
  std::uint32_t flit(int router, int port) const;
  /// From a flit's leaving the buffer of input `port` to the arrival of its credit upstream.
  std::uint32_t credit(int router, int port) const;
  std::uint32_t injection;       ///< from the endpoint to the router's buffer
  std::uint32_t ejection_credit; ///< from the endpoint to the router
  std::uint64_t horizon;         ///< the longest way ahead that anything is planned

 private:
  std::uint32_t latency(int router, int port) const;
  const NetworkConfig& config_;
};

/// The fastest simulation that can hold `config`. Both arguments must outlive it.
std::unique_ptr<Routers> make_routers(const NetworkConfig& config, const RouteFunction& route);

} // namespace moesaic::hw::noc
