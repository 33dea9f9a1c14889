#include <string>

#include "hw/gpu/constants.hpp"

namespace moesaic::hw::gpu {

const std::vector<std::string>& precision_names() {
  static const std::vector<std::string> names = {"bfloat16", "fp8", "fp8_block", "int8", "int4"};
  return names;
}

const char* to_string(Precision precision) {
  return precision_names()[static_cast<std::size_t>(precision)].c_str();
}

const std::vector<ConstantInfo>& constant_infos() {
  using namespace dimension;
  using C = Constants;
  constexpr auto slower = Effect::slower, faster = Effect::faster, energetic = Effect::more_energy,
                 none = Effect::none;
  static const Dimension time_per_byte = dimension::time / dimension::data;
  static const std::vector<ConstantInfo> infos = {
      {"chip", "multiprocessors", &C::multiprocessors, &count, none, false, "SM", 1,
       "streaming multiprocessors"},
      {"chip", "bf16_rate", &C::bf16_rate, &operation_rate, faster, false, "TFLOP/s", 1e12,
       "dense bfloat16 peak"},
      {"chip", "fp8_rate", &C::fp8_rate, &operation_rate, faster, true, "TFLOP/s", 1e12, "dense FP8 peak"},
      {"chip", "int8_rate", &C::int8_rate, &operation_rate, faster, true, "TOP/s", 1e12, "dense INT8 peak"},
      {"chip", "memory_bandwidth", &C::memory_bandwidth, &bandwidth, faster, false, "GB/s", 1e9,
       "memory peak"},
      {"chip", "memory_size", &C::memory_size, &data, none, false, "GB", 1e9, "device memory"},
      {"chip", "l2_size", &C::l2_size, &data, none, false, "MB", 1e6, "second-level cache"},
      {"chip", "l2_bandwidth", &C::l2_bandwidth, &bandwidth, faster, false, "GB/s", 1e9,
       "second-level cache peak"},

      {"power", "power_limit", &C::power_limit, &power, none, false, "W", 1, "board power limit"},
      {"power", "idle_power", &C::idle_power, &power, energetic, false, "W", 1,
       "board power with nothing to do"},
      {"power", "core_power", &C::core_power, &power, energetic, false, "W", 1,
       "clock trees, leakage and control above idle while a kernel's threads run, at full clock"},
      {"power", "byte_energy", &C::byte_energy, &energy_per_byte, energetic, false, "pJ/B", 1e-12,
       "whole-board energy to move one byte between memory and the multiprocessors"},
      {"power", "bf16_energy", &C::bf16_energy, &energy_per_operation, energetic, false, "pJ/FLOP", 1e-12,
       "matrix-unit energy with operands from on-chip memory, at full clock"},
      {"power", "fp8_energy", &C::fp8_energy, &energy_per_operation, energetic, true, "pJ/FLOP", 1e-12,
       "the same for FP8 products"},
      {"power", "fp8_block_energy", &C::fp8_block_energy, &energy_per_operation, energetic, true, "pJ/FLOP",
       1e-12, "the same for FP8 products with block scales, which are added up outside the matrix unit"},
      {"power", "clock_exponent", &C::clock_exponent, &count, none, false, "ratio", 1,
       "core power falls with this power of the clock when the limit throttles it"},
      {"power", "clock_floor", &C::clock_floor, &count, none, false, "ratio", 1,
       "lowest clock, as a share of the full one; below it work is only spaced out"},

      {"link", "nvlink", &C::nvlink, &bandwidth, faster, true, "GB/s", 1e9,
       "to GPUs of the same node, each way"},
      {"link", "nvlink_latency", &C::nvlink_latency, &dimension::time, slower, true, "us", 1e-6,
       "of one message"},
      {"link", "network", &C::network, &bandwidth, faster, true, "GB/s", 1e9,
       "to other nodes, per GPU, each way"},
      {"link", "network_latency", &C::network_latency, &dimension::time, slower, true, "us", 1e-6,
       "of one message"},
      {"link", "dispatch_launch", &C::dispatch_launch, &dimension::time, slower, true, "us", 1e-6,
       "to start one dispatch or combine kernel and pack its messages"},

      {"engine", "memory_efficiency", &C::memory_efficiency, &count, faster, false, "ratio", 1,
       "share of the memory peak that saturated kernels reach"},
      {"engine", "bf16_efficiency", &C::bf16_efficiency, &count, faster, false, "ratio", 1,
       "share of the bfloat16 peak that deep full tiles reach"},
      {"engine", "fp8_efficiency", &C::fp8_efficiency, &count, faster, false, "ratio", 1,
       "the same for FP8 per tensor"},
      {"engine", "fp8_block_efficiency", &C::fp8_block_efficiency, &count, faster, false, "ratio", 1,
       "the same for FP8 with block scales"},
      {"engine", "dense_bf16_efficiency", &C::dense_bf16_efficiency, &count, faster, false, "ratio", 1,
       "share of the bfloat16 peak that dense products reach"},
      {"engine", "dense_fp8_efficiency", &C::dense_fp8_efficiency, &count, faster, false, "ratio", 1,
       "share of the FP8 peak that dense products reach"},
      {"engine", "dense_host_time", &C::dense_host_time, &dimension::time, slower, false, "us", 1e-6,
       "least time between dense block-scaled products when the host launches them one by one"},
      {"engine", "dense_small_host_time", &C::dense_small_host_time, &dimension::time, slower, false, "us",
       1e-6, "the same for at most 16 rows, which take another kernel"},
      {"engine", "dense_partial_wave", &C::dense_partial_wave, &count, slower, false, "waves", 1,
       "waves of tiles that a dense product loses at its end"},
      {"engine", "dense_pipeline_time", &C::dense_pipeline_time, &time_per_byte, slower, false, "ps/B", 1e-12,
       "pipeline depth of dense products, per byte of a weight column"},
      {"engine", "grouped_energy", &C::grouped_energy, &count, energetic, false, "ratio", 1,
       "energy per operation of grouped products over that of dense ones: smaller tiles fetch operands more "
       "often"},
      {"engine", "overlap_exponent", &C::overlap_exponent, &count, none, false, "ratio", 1,
       "1: memory and matrix time add up; large: the longer hides the shorter"},
      {"engine", "l2_retention", &C::l2_retention, &count, none, false, "ratio", 1,
       "share of weights that stay in the second-level cache of a benchmark that repeats one small layer"},
      {"engine", "stream_share", &C::stream_share, &count, energetic, false, "ratio", 1,
       "share of the passes below that is traffic; the rest of their time is lost bandwidth"},
      {"engine", "stream_cache", &C::stream_cache, &count, none, false, "ratio", 1,
       "size of a tensor, over the second-level cache, of which half still travels from memory in each pass"},
      {"engine", "kernel_time", &C::kernel_time, &dimension::time, slower, false, "us", 1e-6,
       "start, tail and dependency of one kernel inside a CUDA graph"},
      {"engine", "launch_gap", &C::launch_gap, &dimension::time, slower, false, "us", 1e-6,
       "what a launch costs on top when no CUDA graph is used"},
      {"engine", "fp8_quantise_time", &C::fp8_quantise_time, &dimension::time, slower, false, "us", 1e-6,
       "fixed time of one FP8 quantisation kernel"},
      {"engine", "fp8_block_quantise_time", &C::fp8_block_quantise_time, &dimension::time, slower, false,
       "us", 1e-6, "fixed time of one block quantisation kernel"},
      {"engine", "expert_time", &C::expert_time, &dimension::time, slower, false, "ns", 1e-9,
       "sorting and bookkeeping per expert that the rank holds"},
      {"engine", "touched_expert_time", &C::touched_expert_time, &dimension::time, slower, false, "ns", 1e-9,
       "switching the grouped product to the next touched expert, both products together"},
      {"engine", "pipeline_time", &C::pipeline_time, &time_per_byte, slower, false, "ps/B", 1e-12,
       "depth of the copy pipeline: time per byte of a weight column, not overlapped"},
      {"engine", "tile_padding", &C::tile_padding, &count, slower, false, "tokens", 1,
       "rows lost per touched expert beyond rounding up to 16"},
      {"engine", "partial_wave", &C::partial_wave, &count, slower, false, "waves", 1,
       "of 128 x 128 tiles over all multiprocessors, lost at the end of a product"},
      {"engine", "tile_start", &C::tile_start, &count, slower, false, "elements", 1,
       "start and end of a tile, as depth in 2-byte elements"},
      {"engine", "hidden_passes", &C::hidden_passes, &count, slower, false, "ratio", 1,
       "passes of permute and combine over a routed row of the hidden width, in 2-byte elements"},
      {"engine", "ffn_passes", &C::ffn_passes, &count, slower, false, "ratio", 1,
       "passes of the activation over a routed row of the expert width"},
      {"engine", "fp8_passes", &C::fp8_passes, &count, slower, false, "ratio", 1,
       "more passes to quantise to FP8"},
      {"engine", "fp8_block_passes", &C::fp8_block_passes, &count, slower, false, "ratio", 1,
       "more passes to quantise to FP8 blocks"},
      {"engine", "foreign_slots", &C::foreign_slots, &count, slower, false, "ratio", 1,
       "share of a row's passes spent also on choices of experts on other ranks"},
      {"engine", "layer_scatter", &C::layer_scatter, &count, slower, false, "ratio", 1,
       "factor on every time: how far measured layers lie from the model"},
  };
  return infos;
}

} // namespace moesaic::hw::gpu
