// `moesaic validate gpu` and its parts, each in its own file.
#pragma once

#include <string>
#include <vector>

#include "description/document.hpp"
#include "results/validation.hpp"
#include "sim/gpu/data.hpp"

namespace moesaic::sim {

/// Every published figure of results/published/gpu-moe.yaml beside what is simulated for it.
std::vector<results::ValidationRow> validate_gpu();

struct GpuDataOptions {
  std::string data;      ///< CSV file; empty: the published rows
  std::string picture;   ///< SVG file to write, predicted against measured; empty: none
  bool left_out = false; ///< refit without each model in turn
  bool json = false;
  std::string rows; ///< CSV file to write, every row with its prediction; empty: none
};
/// Scores the GPU kernel model over a file of measurements and prints it. Throws InputError.
void validate_gpu_data(const GpuDataOptions& options);

/// The measured layers of results/published/gpu-moe.yaml as rows of a measurement file, and which of them a
/// constant was fitted to.
struct PublishedLayer {
  GpuRow row;
  bool fitted = false;
  std::string source;
};
std::vector<PublishedLayer> published_layers(const Node& root);

/// Dispatch and combine of an expert-parallel group, and the bound that they set.
void validate_exchange(const Node& root, std::vector<results::ValidationRow>& rows);

/// Whole models: the MoE layers of the kernel model, attention and the rest estimated.
void validate_systems(const Node& root, std::vector<results::ValidationRow>& rows);

} // namespace moesaic::sim
