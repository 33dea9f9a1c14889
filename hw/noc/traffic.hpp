// Traffic generators: what to send from where and when.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/noc/pattern.hpp"

namespace moesaic::hw::noc {

struct Request {
  std::uint64_t cycle = 0;
  int source = 0;
  int destination = 0;
  int length = 1;
};

class Traffic {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  virtual ~Traffic() = default;
  /// The next cycle with requests, or `never`.
  virtual std::uint64_t next() const = 0;
  /// Appends the requests of `cycle` = next(), in order of sources, and moves on.
  virtual void take(std::uint64_t cycle, std::vector<Request>& requests) = 0;
};

/// Every endpoint draws in every cycle, with chance `rate` / `length`, whether it makes a packet of `length`
/// flits. `rate` in flits per endpoint and cycle, 0 < rate <= length. Starts in cycle 1. Throws InputError.
std::unique_ptr<Traffic> bernoulli_traffic(const Topology& topology, const Pattern& pattern, double rate,
                                           int length, std::uint64_t seed);

/// Recorded requests: lines "cycle source destination [flits]", cycles from 0 and in order; # starts a
/// comment. Throws InputError with file:line for what cannot be read, is out of order, or names no endpoint.
std::vector<Request> load_trace(const std::string& file, const Topology& topology);
std::unique_ptr<Traffic> recorded_traffic(std::vector<Request> requests);

} // namespace moesaic::hw::noc
