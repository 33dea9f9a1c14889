// A layer's weights from a published checkpoint, by the names that each model family gives its tensors.
#pragma once

#include "workloads/checkpoint.hpp"
#include "workloads/moe_weights.hpp"

namespace moesaic::workloads {

/// Layer `index` (counted from 0 over the whole model, dense layers included) of a checkpoint with the names
/// of DeepSeek, Kimi, Qwen3 and OLMoE (`mlp.gate`, `mlp.experts.E.gate_proj`), Mixtral
/// (`block_sparse_moe.gate`, `w1`) or gpt-oss (`mlp.router`, `mlp.experts.gate_up_proj`). Shared experts that
/// a model stores as one wide one are split. Throws InputError: missing tensors, other shapes, a dense layer,
/// weights above `most_bytes`, and gpt-oss's MXFP4 blocks, which are not supported.
MoeWeights load_weights(const Checkpoint& checkpoint, const MoeLayer& layer, int index,
                        double most_bytes = 4e9);

/// One routed expert alone: what a model of hundreds of gigabytes is read by.
ExpertWeights load_expert(const Checkpoint& checkpoint, const MoeLayer& layer, int index, int expert);

} // namespace moesaic::workloads
