#include "hw/gpu/kernel.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::hw::gpu {

double weight_bytes(Precision precision) {
  switch (precision) {
  case Precision::bf16:
    return 2;
  case Precision::fp8:
    return 1;
  case Precision::fp8_block:
    return 1 + 4.0 / (128 * 128); // one fp32 scale per 128 x 128 block
  case Precision::int8:
    return 1;
  case Precision::int4:
    return 0.5 + 2.0 / 128; // one 16-bit scale per 128 weights of a column
  }
  return 2;
}

static double matrix_rate(Precision precision, const Constants& c) {
  switch (precision) {
  case Precision::fp8:
    return c.fp8_rate * c.fp8_efficiency;
  case Precision::fp8_block:
    return c.fp8_rate * c.fp8_block_efficiency;
  default:
    return c.bf16_rate * c.bf16_efficiency; // integer weights are widened on their way to the matrix unit
  }
}

/// The longer time plus what the shorter adds: the p-norm, which turns a roofline's corner into a curve.
static double smooth_maximum(double a, double b, double exponent) {
  const double longer = std::max(a, b), shorter = std::min(a, b);
  if (longer <= 0)
    return 0;
  return longer * std::pow(1 + std::pow(shorter / longer, exponent), 1 / exponent);
}

static void matrix_product(const Kernel& kernel, const Constants& c, double clock, KernelCost& cost) {
  const double element = weight_bytes(kernel.precision);
  const bool fp8 = kernel.precision == Precision::fp8 || kernel.precision == Precision::fp8_block;
  const double weights = kernel.experts * kernel.n * kernel.k * element;
  cost.bytes += weights * (1 - kernel.resident);
  cost.memory += weights * (1 - kernel.resident) / (c.memory_bandwidth * c.memory_efficiency) +
                 weights * kernel.resident / c.l2_bandwidth + kernel.k * element * c.pipeline_time;
  const double depth = kernel.k + c.tile_start * (fp8 ? 2 : 1);
  const double tile = 128.0 * 128.0;
  const double padded = (kernel.padded + kernel.experts * c.tile_padding) * kernel.n;
  const double lost = c.partial_wave * c.multiprocessors * tile;
  cost.compute += 2 * (padded + lost) * depth / (matrix_rate(kernel.precision, c) * clock);
  cost.operations += 2 * kernel.rows * kernel.n * kernel.k;
  cost.fp8 = fp8;
}

KernelCost kernel_cost(const Kernel& kernel, const Constants& c, double clock) {
  KernelCost cost;
  cost.overhead = kernel.fixed;
  cost.transfer = kernel.transfer;
  cost.bytes = kernel.bytes;
  cost.memory = kernel.bytes / (c.memory_bandwidth * c.memory_efficiency);
  if (kernel.rows > 0)
    matrix_product(kernel, c, clock, cost);
  cost.seconds =
      cost.overhead + cost.transfer + smooth_maximum(cost.memory, cost.compute, c.overlap_exponent);
  return cost;
}

} // namespace moesaic::hw::gpu
