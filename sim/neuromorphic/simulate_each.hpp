// Placements simulated side by side, each in a worker of its own.
#pragma once

#include <functional>
#include <vector>

#include "sim/neuromorphic/placed_moe.hpp"

namespace moesaic::sim {

/// `simulate(i)` for i below `count`, in as many workers as there are cores; the same to the bit as one after the other. `what`
/// stands before the progress on a terminal. Throws InputError where one of them does.
std::vector<SimulatedCost> simulate_each(const char* what, std::size_t count,
                                         const std::function<SimulatedCost(std::size_t)>& simulate);

} // namespace moesaic::sim
