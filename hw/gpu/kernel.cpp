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

static bool is_fp8(Precision precision) {
  return precision == Precision::fp8 || precision == Precision::fp8_block;
}

/// A share of a peak. Intervals of fitted shares may reach past 1; no corner beats the roofline.
static double share(double efficiency) {
  return std::min(1.0, efficiency);
}

/// Operations per second of deep full tiles. Integer weights are widened on their way to the matrix unit.
static double matrix_rate(const Kernel& kernel, const Constants& c) {
  if (!is_fp8(kernel.precision))
    return c.bf16_rate * share(kernel.dense ? c.dense_bf16_efficiency : c.bf16_efficiency);
  if (kernel.dense)
    return c.fp8_rate * share(c.dense_fp8_efficiency);
  return c.fp8_rate * share(kernel.precision == Precision::fp8 ? c.fp8_efficiency : c.fp8_block_efficiency);
}

double matrix_energy(const Kernel& kernel, const Constants& c) {
  const double grouped = kernel.dense ? 1 : c.grouped_energy;
  switch (kernel.precision) {
  case Precision::fp8:
    return c.fp8_energy * grouped;
  case Precision::fp8_block:
    return c.fp8_block_energy * grouped;
  default:
    return c.bf16_energy * grouped;
  }
}

const char* matrix_energy_name(Precision precision) {
  switch (precision) {
  case Precision::fp8:
    return "fp8_energy";
  case Precision::fp8_block:
    return "fp8_block_energy";
  default:
    return "bf16_energy";
  }
}

/// The longer time plus what the shorter adds: the p-norm, which turns a roofline's corner into a curve.
static double smooth_maximum(double a, double b, double exponent) {
  const double longer = std::max(a, b), shorter = std::min(a, b);
  if (shorter <= 0)
    return longer;
  return longer * std::pow(1 + std::pow(shorter / longer, exponent), 1 / exponent);
}

static void matrix_product(const Kernel& kernel, const Constants& c, double clock, KernelCost& cost) {
  const double element = weight_bytes(kernel.precision);
  const double weights = kernel.experts * kernel.n * kernel.k * element;
  cost.bytes += weights * (1 - kernel.resident);
  cost.memory += weights * (1 - kernel.resident) / (c.memory_bandwidth * share(c.memory_efficiency)) +
                 weights * kernel.resident / c.l2_bandwidth +
                 kernel.k * element * (kernel.dense ? c.dense_pipeline_time : c.pipeline_time);
  const double depth = kernel.k + c.tile_start * (is_fp8(kernel.precision) ? 2 : 1);
  const double padded = (kernel.padded + kernel.experts * c.tile_padding) * kernel.n;
  // The vendor's library takes lower tiles for few rows; grouped kernels keep one tile for all experts.
  const double height = kernel.dense ? std::min(1.0, kernel.padded / (128 * kernel.experts)) : 1;
  const double waves = kernel.dense ? c.dense_partial_wave * height : c.partial_wave;
  const double lost = waves * c.multiprocessors * 128 * 128;
  cost.compute = 2 * (padded + lost) * depth / (matrix_rate(kernel, c) * clock);
  cost.operations = 2 * kernel.rows * kernel.n * kernel.k;
  cost.matrix_joules = cost.operations * matrix_energy(kernel, c);
}

KernelCost kernel_cost(const Kernel& kernel, const Constants& c, double clock) {
  KernelCost cost;
  cost.overhead = kernel.fixed;
  cost.transfer = kernel.transfer;
  cost.bytes = kernel.memory_bytes;
  cost.memory = kernel.bytes / (c.memory_bandwidth * share(c.memory_efficiency));
  if (kernel.rows > 0)
    matrix_product(kernel, c, clock, cost);
  const double device =
      cost.overhead + cost.transfer + smooth_maximum(cost.memory, cost.compute, c.overlap_exponent);
  cost.overhead += std::max(0.0, kernel.least - device); // the GPU waits for the host
  cost.seconds = std::max(device, kernel.least);
  for (double* seconds : {&cost.seconds, &cost.memory, &cost.compute, &cost.overhead, &cost.transfer})
    *seconds *= c.layer_scatter;
  return cost;
}

} // namespace moesaic::hw::gpu
