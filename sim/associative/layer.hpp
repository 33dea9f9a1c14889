// An MoE layer's associative program with values: every vector operation on the bit planes of the cores, what
// the control processors do in fixed or floating point beside it.
#pragma once

#include <vector>

#include "mappings/associative/moe_work.hpp"
#include "workloads/moe_weights.hpp"
#include "workloads/quantisation.hpp"
#include "workloads/routing.hpp"

namespace moesaic::sim {

/// All experts as the card holds them, shared ones after the routed ones: gate and up with a scale per row,
/// down with one scale, so that the experts' weighted results add up in the same accumulators.
struct HeldExperts {
  std::vector<workloads::Quantised> gate, up, down;
};
HeldExperts hold_experts(const workloads::MoeLayer& layer, const workloads::MoeWeights& weights);
const workloads::ExpertWeights& expert_weights(const workloads::MoeLayer& layer,
                                               const workloads::MoeWeights& weights, int expert);

struct LayerValues {
  workloads::Routing routing;
  std::vector<std::vector<double>> output; ///< tokens x hidden
};

/// Lowers the layer for the routing that its own router part finds, and interprets that program, card by card; the cards'
/// outputs are added up.
LayerValues run_layer(const hw::associative::Description& description, const workloads::MoeLayer& layer,
                      const workloads::MoeWeights& weights, const HeldExperts& held, const workloads::Matrix& hidden,
                      const std::vector<mappings::associative::CardWork>& cards);

/// Largest absolute error of the control processors' sigmoid: a table of 4096 entries over [-16, 16],
/// interpolated.
double sigmoid_table_error();

} // namespace moesaic::sim
