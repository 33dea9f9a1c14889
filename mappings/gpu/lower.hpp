// Lowering of an MoE layer to the kernels that one GPU of an expert-parallel group runs.
#pragma once

#include "hw/gpu/kernel.hpp"
#include "mappings/gpu/load.hpp"

namespace moesaic::mappings::gpu {

/// The shapes that kernels depend on.
struct LayerShape {
  double hidden = 0, ffn = 0; ///< widths of the hidden state and of one expert
  double routed = 0;          ///< experts that the router scores
  double shared = 0;          ///< shared experts, each as wide as a routed one
};

struct LowerOptions {
  hw::gpu::Precision precision = hw::gpu::Precision::bf16;
  bool router = true;    ///< with the router's product; without, logits are given
  bool repeated = false; ///< a benchmark that runs this layer over and over: a small one stays in the cache
  bool graph = true;     ///< launched as a CUDA graph
  /// Above 1: expert parallelism with dispatch and combine. Each rank then routes the load's own
  /// tokens and is sent the rows of its experts alone. At 1 a load of one of several ranks is handed all
  /// tokens.
  double ranks = 1;
  double node = 8; ///< ranks joined by NVLink
};

/// router, top-k, permute, quantise, gate and up, activation, down, combine, and the shared experts; in
/// expert parallelism also dispatch before permute and send back after combine. Throws InputError where the
/// GPU lacks their links. Pure arithmetic, no allocation: millions of layers a minute.
hw::gpu::Program lower(const LayerShape& shape, const RankLoad& load, const hw::gpu::Constants& constants,
                       const LowerOptions& options);

/// One dense product of m rows with an n x k weight matrix, its quantisation included.
hw::gpu::Program lower_dense(double m, double n, double k, const hw::gpu::Constants& constants,
                             const LowerOptions& options);

} // namespace moesaic::mappings::gpu
