// Machines as built and at one common process node.
#pragma once

#include <vector>

#include "sim/sweep/inputs.hpp"

namespace moesaic::sim::sweep {

/// Every machine at each of the spec's nodes: "gemini1" as built, "gemini1@7nm" scaled, so that every result
/// says which. Of `figures` (what each machine reads) those below the machine's `scales` paths are scaled by
/// the published factors, all others kept. A machine's own node leaves it as built. Throws InputError: nodes
/// that nobody published, `scales` paths with no figure below them, and machines that are varied too.
Inputs at_nodes(const Spec& spec, const Inputs& inputs, const std::vector<std::vector<Figure>>& figures);

} // namespace moesaic::sim::sweep
