// The numbers a GPU's kernel model computes with, declared once: name, unit, meaning, and which end is slow.
#pragma once

#include <vector>

#include "description/unit.hpp"

namespace moesaic::hw::gpu {

/// Number formats of a layer's products. int8 and int4 are weight formats: activations and products stay
/// bfloat16.
enum class Precision { bf16, fp8, fp8_block, int8, int4 };

const char* to_string(Precision precision);
/// The names in order, as descriptions and measurement files write them.
const std::vector<std::string>& precision_names();

/// Plain numbers in SI units. A 0 in an optional one means that the GPU lacks it.
struct Constants {
  // chip
  double multiprocessors = 0, bf16_rate = 0, fp8_rate = 0, int8_rate = 0;
  double memory_bandwidth = 0, memory_size = 0, l2_size = 0, l2_bandwidth = 0;
  // power
  double power_limit = 0, idle_power = 0, core_power = 0, byte_energy = 0, bf16_energy = 0, fp8_energy = 0,
         fp8_block_energy = 0;
  double clock_exponent = 0, clock_floor = 0;
  // link
  double nvlink = 0, nvlink_latency = 0, network = 0, network_latency = 0, dispatch_launch = 0;
  // engine
  double memory_efficiency = 0, bf16_efficiency = 0, fp8_efficiency = 0, fp8_block_efficiency = 0;
  double dense_bf16_efficiency = 0, dense_fp8_efficiency = 0, dense_host_time = 0, dense_small_host_time = 0,
         dense_partial_wave = 0, dense_pipeline_time = 0;
  double overlap_exponent = 0, l2_retention = 0, stream_share = 0, stream_cache = 0;
  double kernel_time = 0, launch_gap = 0, fp8_quantise_time = 0, fp8_block_quantise_time = 0;
  double expert_time = 0, touched_expert_time = 0, pipeline_time = 0;
  double tile_padding = 0, partial_wave = 0, tile_start = 0, grouped_energy = 0, layer_scatter = 1;
  double hidden_passes = 0, ffn_passes = 0, fp8_passes = 0, fp8_block_passes = 0, foreign_slots = 0;
};

/// What a larger value does to the run.
enum class Effect { slower, faster, more_energy, none };

struct ConstantInfo {
  const char* section; ///< of the description: "chip", "power", "link" or "engine"
  const char* name;
  double Constants::*field;
  const Dimension* dimension;
  Effect effect;
  bool optional;
  const char* unit; ///< that descriptions written by the fit use
  double scale;     ///< of that unit in SI
  const char* meaning;
};

/// All of them, in the order of a description.
const std::vector<ConstantInfo>& constant_infos();

} // namespace moesaic::hw::gpu
