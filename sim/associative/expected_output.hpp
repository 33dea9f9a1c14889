// What an associative machine's output may be, from the reference and the rounding of every step.
#pragma once

#include <vector>

#include "sim/associative/cards.hpp"
#include "sim/associative/layer.hpp"
#include "workloads/moe_bounds.hpp"
#include "workloads/reference.hpp"

namespace moesaic::sim {

/// A token's output with its bound. `turns`: the replica that serves each of a token's choices, see replica_turns().
workloads::Approximation expected_output(const workloads::MoeLayer& layer, const workloads::MoeWeights& weights,
                                         const HeldExperts& held, const workloads::Matrix& hidden,
                                         const workloads::MoeResult& reference, int token, const Cards& cards,
                                         const std::vector<int>& turns);

} // namespace moesaic::sim
