// Fit of the GPU kernel model's constants to measured rows: robust least squares with priors, scored out of
// sample.
#pragma once

#include <string>
#include <vector>

#include "sim/gpu/score.hpp"

namespace moesaic::sim {

/// What a constant is expected to be before any row is seen, and how far it may stray: a relative standard
/// deviation.
struct FitPrior {
  const hw::gpu::ConstantInfo* constant = nullptr;
  double expected = 0, width = 0;
};

/// The three things fitted one after the other, each to the rows that say something about it.
enum class FitStage { layers, dense, power };

/// The priors of a stage for an engine. What moves them: engines that permute tokens in memory (TensorRT-LLM)
/// pass more often over rows than those that gather them inside the product (vLLM). See docs/gpu-baseline.md.
std::vector<FitPrior> fit_priors(FitStage stage, const std::string& engine);

struct FittedConstant {
  FitPrior prior;
  double value = 0, low = 0, high = 0; ///< two standard deviations of the posterior
  bool identifiable = true; ///< the rows narrow the prior; else the value is little more than the prior
};

struct GpuFit {
  std::string gpu, engine; ///< engine as the rows name it, with version
  hw::gpu::Constants constants;
  std::vector<FittedConstant> fitted;
  std::vector<std::string> untouched; ///< constants that no row depends on: left as described
};

/// Fits all rows, which must be of one GPU and engine, from the GPU's own description on. Stages without rows
/// are skipped, and constants that no row of their stage depends on are left as described and named. Throws
/// InputError, with the constants' names, when a stage has fewer rows than constants or does not converge.
GpuFit fit_gpu(const std::vector<GpuCase>& cases);

/// Each row predicted by a fit that saw neither its model nor any dense product of its model's shapes.
std::vector<GpuPrediction> predict_left_out(const std::vector<GpuCase>& cases);

} // namespace moesaic::sim
