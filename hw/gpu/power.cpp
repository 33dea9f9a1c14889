#include <algorithm>
#include <cmath>

#include "hw/gpu/kernel.hpp"

namespace moesaic::hw::gpu {

static void add(const Kernel& kernel, const Constants& c, double gap, double clock, Cost& total) {
  const KernelCost cost = kernel_cost(kernel, c, clock);
  const double launch = gap * kernel.launches;
  total.seconds += cost.seconds + launch;
  total.overhead += cost.overhead + launch;
  total.transfer += cost.transfer;
  const double working = cost.seconds - cost.overhead - cost.transfer;
  total.busy += working;
  (cost.memory >= cost.compute ? total.memory : total.compute) += working;
  total.bytes += cost.bytes;
  (cost.fp8 ? total.fp8_operations : total.bf16_operations) += cost.operations;
}

static Cost cost_at(const Program& program, const Constants& c, double clock) {
  Cost total;
  const double gap = program.graph ? 0 : c.launch_gap;
  for (const Kernel& kernel : program)
    add(kernel, c, gap, clock, total);
  total.clock = clock;
  // A lower clock goes with a lower voltage: power falls with clock * voltage^2, energy per action with
  // voltage^2.
  total.core_scale = clock == 1 ? 1 : std::pow(clock, c.clock_exponent);
  const double matrix = total.bf16_operations * c.bf16_energy + total.fp8_operations * c.fp8_energy;
  total.joules = c.idle_power * total.seconds + c.core_power * total.core_scale * total.busy +
                 c.byte_energy * total.bytes + matrix * total.core_scale / clock;
  return total;
}

Cost program_cost(const Program& program, const Constants& c) {
  Cost cost = cost_at(program, c, 1);
  if (cost.joules <= c.power_limit * cost.seconds)
    return cost;
  double low = c.clock_floor, high = 1;
  cost = cost_at(program, c, low);
  if (cost.joules > c.power_limit * cost.seconds) {
    // Even the lowest clock is too much: work waits. Idle power flows while it does.
    const double above_idle = cost.joules - c.idle_power * cost.seconds;
    const double seconds = above_idle / (c.power_limit - c.idle_power);
    cost.spaced = seconds - cost.seconds;
    (cost.memory >= cost.compute ? cost.memory : cost.compute) += cost.spaced;
    cost.seconds = seconds;
    cost.joules = std::min(above_idle + c.idle_power * seconds, c.power_limit * seconds);
    return cost;
  }
  for (int step = 0; step < 14; ++step) {
    const double middle = (low + high) / 2;
    const Cost tried = cost_at(program, c, middle);
    if (tried.joules <= c.power_limit * tried.seconds) {
      low = middle;
      cost = tried;
    } else {
      high = middle;
    }
  }
  return cost;
}

} // namespace moesaic::hw::gpu
