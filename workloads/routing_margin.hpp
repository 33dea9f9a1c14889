// How sure a choice is: the error of the scores up to which a router chooses the same experts.
#pragma once

#include <vector>

#include "workloads/moe_layer.hpp"

namespace moesaic::workloads {

/// One token's margin: as long as every selection score (score plus bias; before any group mask) is off by
/// less than this, the chosen set is the same, whatever the errors' signs. 0 where a tie decides. A sigmoid
/// score is off by at most a quarter of its logit's error. Softmax orders as its logits do, so for softmax
/// rules the margin is in logits.
double choice_margin(const RouterRule& rule, int experts, const float* logits,
                     const std::vector<float>& bias);

} // namespace moesaic::workloads
