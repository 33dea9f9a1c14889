// The MatMul-free language model as stages of neurons, one block per chip.
#pragma once

#include "mappings/neuromorphic/stage_graph.hpp"

namespace moesaic::mappings {

/// Shape of a MatMul-free model (Zhu et al. 2024, arXiv 2406.02528): blocks of a gated recurrent token mixer
/// and a gated linear unit, an RMS norm before each matrix.
struct MatmulFreeModel {
  int blocks = 24, hidden = 1024,
      inner = 2816; ///< the 370M model's; its embedding and head are not on the chips
};

/// Fourteen stages per block: norm (its sum of squares on one neuron, then the scaling), matrices f, c and g
/// with the recurrence, norm, output matrix, residual; norm, gate and up, norm, down, residual.
std::vector<NeuronStage> matmul_free_stages(const MatmulFreeModel& model);

} // namespace moesaic::mappings
