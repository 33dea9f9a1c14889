#include <stdexcept>

#include "sim/gpu/fit.hpp"

namespace moesaic::sim {

namespace {

struct Entry {
  FitStage stage;
  const char* name;
  double gathering, permuting; ///< engines that gather rows inside the product; that permute them in memory
  double width;
};

// Efficiencies: the best dense products reach 0.7 to 0.9 of the peak, Triton's grouped ones less. Times: 2 to
// 4 us per kernel in a graph. Passes: counted from the kernels' reads and writes. Widths: what two engines
// may differ by.
constexpr Entry entries[] = {
    {FitStage::layers, "memory_efficiency", 0.9, 0.9, 0.02},
    {FitStage::layers, "bf16_efficiency", 0.6, 0.85, 0.06},
    {FitStage::layers, "fp8_efficiency", 0.55, 0.8, 0.07},
    {FitStage::layers, "fp8_block_efficiency", 0.35, 0.45, 0.1},
    {FitStage::layers, "overlap_exponent", 2, 2, 0.17},
    {FitStage::layers, "l2_retention", 0.7, 0.7, 0.17},
    {FitStage::layers, "kernel_time", 3e-6, 3e-6, 0.17},
    {FitStage::layers, "fp8_quantise_time", 2.5e-6, 2.5e-6, 0.33},
    {FitStage::layers, "fp8_block_quantise_time", 2.5e-6, 2.5e-6, 0.33},
    {FitStage::layers, "expert_time", 10e-9, 10e-9, 0.7},
    {FitStage::layers, "touched_expert_time", 10e-9, 10e-9, 0.7},
    {FitStage::layers, "pipeline_time", 500e-12, 500e-12, 0.33},
    {FitStage::layers, "tile_padding", 4, 4, 0.33},
    {FitStage::layers, "partial_wave", 0.3, 0.3, 0.23},
    {FitStage::layers, "tile_start", 64, 64, 0.33},
    {FitStage::layers, "hidden_passes", 2, 4.5, 0.08},
    {FitStage::layers, "ffn_passes", 6, 4, 0.1},
    {FitStage::layers, "fp8_passes", 0.5, 2, 0.33},
    {FitStage::layers, "fp8_block_passes", 0.5, 5, 0.33},
    {FitStage::layers, "foreign_slots", 0.9, 0.05, 0.2},
    {FitStage::dense, "dense_bf16_efficiency", 0.72, 0.72, 0.1},
    {FitStage::dense, "dense_fp8_efficiency", 0.55, 0.55, 0.1},
    {FitStage::dense, "dense_host_time", 75e-6, 75e-6, 0.3},
    {FitStage::dense, "dense_small_host_time", 50e-6, 50e-6, 0.3},
    {FitStage::dense, "dense_partial_wave", 0.2, 0.2, 0.3},
    {FitStage::dense, "dense_pipeline_time", 200e-12, 200e-12, 0.5},
    {FitStage::power, "core_power", 100, 100, 0.2},
    {FitStage::power, "byte_energy", 140e-12, 140e-12, 0.2},
    {FitStage::power, "bf16_energy", 0.8e-12, 0.8e-12, 0.2},
    {FitStage::power, "fp8_energy", 0.5e-12, 0.5e-12, 0.2},
    {FitStage::power, "fp8_block_energy", 0.6e-12, 0.6e-12, 0.2},
    {FitStage::power, "grouped_energy", 1.6, 1.6, 0.2},
    {FitStage::power, "stream_share", 0.5, 0.5, 0.2},
    {FitStage::power, "stream_cache", 0.4, 0.4, 0.4},
};

const hw::gpu::ConstantInfo* info_named(const std::string& name) {
  for (const auto& info : hw::gpu::constant_infos())
    if (name == info.name)
      return &info;
  throw std::logic_error("no constant " + name);
}

} // namespace

std::vector<FitPrior> fit_priors(FitStage stage, const std::string& engine) {
  const bool permutes = engine.rfind("trtllm", 0) == 0;
  std::vector<FitPrior> priors;
  for (const Entry& e : entries)
    if (e.stage == stage)
      priors.push_back({info_named(e.name), permutes ? e.permuting : e.gathering, e.width});
  return priors;
}

} // namespace moesaic::sim
