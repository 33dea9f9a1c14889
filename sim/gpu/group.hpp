// What the GPUs of an expert-parallel group cost together: the slowest one sets the time, each adds its
// energy.
#pragma once

#include <functional>
#include <vector>

#include "hw/gpu/description.hpp"
#include "hw/gpu/kernel.hpp"
#include "hw/ledger.hpp"

namespace moesaic::sim {

/// One program per GPU of a group, and its cost.
struct GpuGroup {
  std::vector<hw::gpu::Program> programs;
  std::vector<hw::gpu::Cost> costs;

  std::size_t size() const { return programs.size(); }
  std::size_t slowest() const; ///< the first of the slowest GPUs
  double seconds() const { return costs[slowest()].seconds; }
  /// Of one GPU's cost, over all of them.
  double sum(double hw::gpu::Cost::*field) const;
  /// Of the whole group; who is done earlier waits at `idle_power`.
  double joules(double idle_power) const;
};

GpuGroup group_cost(std::vector<hw::gpu::Program> programs, const hw::gpu::Constants& constants);

/// A group at its nominal constants and at both ends of their intervals.
struct GpuCorners {
  GpuGroup nominal, fast, slow;
};

/// The energy of the whole group: idle power of all boards until the slowest is done, clock and leakage while
/// they work, bytes moved, and one line per kind of product.
std::vector<hw::LedgerLine> gpu_ledger_lines(const hw::gpu::Description& gpu, std::size_t engine,
                                             const GpuCorners& corners);

} // namespace moesaic::sim
