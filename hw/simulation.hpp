// A SystemC simulation of its own: a fresh context, so that one process can run many, one after another.
#pragma once

#include <memory>

namespace moesaic::hw {

/// Construct before the first module of the simulation and destroy after the last one, on the same thread;
/// never two at once. Modules made in between belong to it. The time resolution of a context is SystemC's
/// default (1 ps) unless set.
class Simulation {
 public:
  Simulation();
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Runs until nothing is pending. Simulated seconds since the start.
  double run();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

} // namespace moesaic::hw
