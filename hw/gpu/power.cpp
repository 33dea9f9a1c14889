#include <algorithm>
#include <cmath>

#include "hw/gpu/kernel.hpp"

namespace moesaic::hw::gpu {

static void add(const Kernel& kernel, const Constants& c, double gap, double clock, Cost& total) {
  const KernelCost cost = kernel_cost(kernel, c, clock);
  const double launch = kernel.least > 0 ? 0 : gap * kernel.launches;
  total.seconds += cost.seconds + launch;
  total.overhead += cost.overhead + launch;
  total.transfer += cost.transfer;
  const double working = cost.seconds - cost.overhead - cost.transfer;
  total.busy += working;
  (cost.memory >= cost.compute ? total.memory : total.compute) += working;
  total.bytes += cost.bytes;
  total.operations += cost.operations;
  total.matrix_joules += cost.matrix_joules;
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
  total.joules = c.idle_power * total.seconds + c.core_power * total.core_scale * total.busy +
                 c.byte_energy * total.bytes + total.matrix_joules * total.core_scale / clock;
  return total;
}

/// Even the lowest clock is too much: work waits, and idle power flows while it does.
static Cost spaced_out(Cost cost, const Constants& c) {
  const double above_idle = cost.joules - c.idle_power * cost.seconds;
  const double seconds = above_idle / (c.power_limit - c.idle_power);
  cost.spaced = seconds - cost.seconds;
  (cost.memory >= cost.compute ? cost.memory : cost.compute) += cost.spaced;
  cost.seconds = seconds;
  cost.joules = std::min(above_idle + c.idle_power * seconds, c.power_limit * seconds);
  return cost;
}

Cost program_cost(const Program& program, const Constants& c) {
  const auto excess_of = [&](const Cost& cost) { return cost.joules / cost.seconds - c.power_limit; };
  const Cost full = cost_at(program, c, 1);
  double high = 1, excess_high = excess_of(full);
  if (!(excess_high > 0))
    return full;
  Cost best = cost_at(program, c, c.clock_floor);
  double low = c.clock_floor, excess_low = excess_of(best);
  if (excess_low > 0)
    return spaced_out(best, c);
  // The clock at which power meets the limit, by false position: when one end stays put twice, its weight
  // halves (the Illinois step). `best` is always on the side that obeys the limit.
  double weight_low = excess_low, weight_high = excess_high;
  for (int step = 0, side = 0; step < 30 && -excess_low > 1e-7 * c.power_limit; ++step) {
    const double middle = low + (high - low) * weight_low / (weight_low - weight_high);
    const Cost tried = cost_at(program, c, middle);
    const double excess = excess_of(tried);
    if (excess <= 0) {
      best = tried;
      low = middle;
      excess_low = weight_low = excess;
      if (side == -1)
        weight_high /= 2;
      side = -1;
    } else {
      high = middle;
      weight_high = excess;
      if (side == 1)
        weight_low /= 2;
      side = 1;
    }
  }
  return best;
}

} // namespace moesaic::hw::gpu
