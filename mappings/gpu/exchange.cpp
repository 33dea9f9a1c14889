#include "mappings/gpu/exchange.hpp"

#include <algorithm>
#include <string>

#include "description/error.hpp"

namespace moesaic::mappings::gpu {

using hw::gpu::Precision;

double dispatch_bytes(double hidden, Precision precision) {
  const bool fp8 = precision == Precision::fp8 || precision == Precision::fp8_block;
  return fp8 ? hidden * (1 + 4.0 / 128) : combine_bytes(hidden);
}

double combine_bytes(double hidden) {
  return 2 * hidden;
}

static double link_time(double bytes, double bandwidth, double latency, const char* link) {
  if (bytes <= 0)
    return 0;
  if (bandwidth <= 0)
    throw InputError(std::string("expert parallelism needs the GPU's link.") + link +
                     ", which its description does not give");
  return latency + bytes / bandwidth;
}

hw::gpu::Kernel& add_exchange(hw::gpu::Program& program, const char* name, const Exchange& exchange,
                              const hw::gpu::Constants& c) {
  const double bytes = exchange.rows * exchange.bytes_per_row;
  const double joined = std::min(exchange.node, exchange.ranks);
  const double near = bytes * (joined - 1) / exchange.ranks;
  const double far = bytes * (exchange.ranks - joined) / exchange.ranks;
  hw::gpu::Kernel& kernel = program.add(name, Precision::bf16);
  kernel.fixed = c.dispatch_launch;
  kernel.transfer = std::max(link_time(near, c.nvlink, c.nvlink_latency, "nvlink"),
                             link_time(far, c.network, c.network_latency, "network"));
  return kernel;
}

} // namespace moesaic::mappings::gpu
