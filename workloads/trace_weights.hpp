// Weights for traces: what a router of the given rule would give to its top choices.
#pragma once

#include "workloads/moe_layer.hpp"
#include "workloads/random.hpp"

namespace moesaic::workloads {

/// Draws the top_k largest of `experts` independent logits, best first, and weighs them by the rule. The
/// logits follow a logistic distribution of standard deviation 0.9: an assumption of this project, for no
/// model publishes its router's distribution; it makes sigmoid scores of 0.8 to 0.95 for the chosen of 256.
/// Writes top_k weights.
void draw_weights(const RouterRule& rule, int experts, Random& random, float* weight);

} // namespace moesaic::workloads
