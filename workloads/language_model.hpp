// A whole small language model around its MoE layers: what shows that a machine still computes the model.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workloads/moe_weights.hpp"
#include "workloads/routing.hpp"

namespace moesaic::workloads {

/// A decoder over bytes: embedding; per block RMS norm, causal attention with rotary positions, RMS norm, MoE
/// layer, both around a residual path; RMS norm; head. As workloads/small_model/train.py trains it.
struct LanguageModel {
  struct Block {
    std::vector<float> input_norm, post_norm; ///< hidden
    Matrix query, key, value, output;         ///< hidden x hidden
    MoeWeights moe;
  };
  MoeLayer layer;
  int vocabulary = 0, context = 0, heads = 0;
  double rope_theta = 0, norm_epsilon = 0;
  Matrix embedding, head; ///< vocabulary x hidden
  std::vector<float> norm;
  std::vector<Block> blocks;
};

/// Reads FOLDER/config.json (`model_type: moesaic_small`) and FOLDER/model.safetensors. Throws InputError.
LanguageModel load_language_model(const std::string& folder);

/// Computes block `index`'s MoE layer on normalised hidden states (tokens x hidden): outputs, tokens x hidden.
using MoeFunction = std::function<std::vector<std::vector<double>>(int index, const Matrix& hidden)>;

/// The reference's layer.
MoeFunction reference_moe(const LanguageModel& model);

/// Loss of every predicted byte of one window in nats: `window` holds at most context + 1 bytes, the first of
/// which is given. Everything but the MoE layers is computed in double. Throws InputError for a byte outside
/// the vocabulary and a window that is too long or below 2 bytes.
std::vector<double> byte_losses(const LanguageModel& model, const std::string& window,
                                const MoeFunction& moe);

/// Consecutive windows of context + 1 bytes, each starting with the last byte of the one before; a short rest
/// is dropped.
std::vector<std::string> text_windows(const LanguageModel& model, const std::string& text);

} // namespace moesaic::workloads
