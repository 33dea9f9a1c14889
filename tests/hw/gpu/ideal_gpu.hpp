// A GPU without losses: round rates, no overheads, so that closed forms are exact.
#pragma once

#include "hw/gpu/constants.hpp"

inline moesaic::hw::gpu::Constants ideal_gpu() {
  moesaic::hw::gpu::Constants c;
  c.multiprocessors = 100;
  c.bf16_rate = 1e15, c.fp8_rate = 2e15;
  c.memory_bandwidth = 1e12, c.l2_bandwidth = 4e12, c.l2_size = 50e6, c.memory_size = 80e9;
  c.power_limit = 700, c.idle_power = 70, c.core_power = 100;
  c.byte_energy = 100e-12, c.bf16_energy = 0.1e-12, c.fp8_energy = c.fp8_block_energy = 0.05e-12;
  c.grouped_energy = 1;
  c.clock_exponent = 2, c.clock_floor = 0.4;
  c.memory_efficiency = c.dense_bf16_efficiency = c.dense_fp8_efficiency = c.bf16_efficiency =
      c.fp8_efficiency = c.fp8_block_efficiency = 1;
  c.overlap_exponent = 50; // the longer time hides the shorter
  return c;
}
