// Machines as built and at one common process node.
#pragma once

#include <vector>

#include "sim/sweep/inputs.hpp"

namespace moesaic::sim::sweep {

/// Every machine at each of the spec's nodes: "gemini1" as built, "gemini1@7nm" scaled, so that every result
/// says which: hw::at_node with what each machine reads (`figures`), and with the spec's own `technology.machines`
/// before what a description says of its process. Throws InputError, also for machines that are varied too.
Inputs at_nodes(const Spec& spec, const Inputs& inputs, const std::vector<std::vector<Figure>>& figures);

} // namespace moesaic::sim::sweep
