// One kernel of a GPU program and what it costs: the analytic model behind every GPU baseline.
#pragma once

#include <array>
#include <cstddef>

#include "hw/gpu/constants.hpp"

namespace moesaic::hw::gpu {

/// What a kernel asks of the GPU. Names are literals: a program is built without allocating memory.
struct Kernel {
  const char* name = "";
  Precision precision = Precision::bf16;
  double launches = 1; ///< kernels started; each costs `launch_gap` when no CUDA graph is used
  double fixed = 0;    ///< seconds that depend on nothing below: start, tail, bookkeeping
  // A (grouped) matrix product: `experts` weight matrices of n columns, depth k, over `rows` rows, padded to
  // `padded`.
  double experts = 0, rows = 0, padded = 0, n = 0, k = 0;
  double resident = 0; ///< share of the weights found in the second-level cache
  bool dense = false;  ///< by the vendor's library rather than by the engine's grouped kernel
  // Streamed passes over activations, bytes.
  double bytes = 0;        ///< that take time at the memory's rate
  double memory_bytes = 0; ///< of these, what really travels from and to memory
  double least = 0;        ///< seconds that the host needs between launches
  // Expert parallelism: seconds on the links.
  double transfer = 0;
};

/// Where one kernel's time goes. seconds = overhead + transfer + smooth maximum of memory and compute.
struct KernelCost {
  double seconds = 0;
  double memory = 0, compute = 0; ///< each alone
  double overhead = 0, transfer = 0;
  double bytes = 0;         ///< through device memory
  double operations = 0;    ///< multiply and add count as two, useful rows only
  double matrix_joules = 0; ///< of the operations, at full clock
};

/// At `clock` (1: full; below when the power limit throttles).
KernelCost kernel_cost(const Kernel& kernel, const Constants& constants, double clock);

double weight_bytes(Precision precision); ///< per weight, scales included

/// Joules per operation of a product at full clock, and the constant's name.
double matrix_energy(const Kernel& kernel, const Constants& constants);
const char* matrix_energy_name(Precision precision);

/// A kernel list. Fixed room: at most 16 kernels, so that sweeps build millions without allocating.
class Program {
 public:
  Kernel& add(const char* name, Precision precision) {
    Kernel& kernel = kernels_[size_++ % kernels_.size()];
    kernel = Kernel{};
    kernel.name = name;
    kernel.precision = precision;
    return kernel;
  }
  std::size_t size() const { return size_; }
  const Kernel* begin() const { return kernels_.data(); }
  const Kernel* end() const { return kernels_.data() + size_; }
  bool graph = true; ///< launched as one CUDA graph

 private:
  std::array<Kernel, 16> kernels_;
  std::size_t size_ = 0;
};

/// Time and energy of a program under the board's power limit.
struct Cost {
  double seconds = 0;
  double busy = 0;       ///< seconds in which threads compute or move data
  double clock = 1;      ///< the throttled clock
  double core_scale = 1; ///< of core and matrix energy at that clock
  double spaced = 0;     ///< seconds added because even the lowest clock exceeds the limit
  double bytes = 0, operations = 0;
  double matrix_joules = 0; ///< at full clock
  double joules = 0;
  double memory = 0, compute = 0, overhead = 0,
         transfer = 0; ///< seconds in which each is the limit; they sum to `seconds`
};

/// Never more than power_limit * seconds joules.
Cost program_cost(const Program& program, const Constants& constants);

} // namespace moesaic::hw::gpu
