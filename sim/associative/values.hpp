// Real numbers through the bit planes of an associative processor, beside the reference.
#pragma once

#include "hw/associative/description.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

/// Runs the layer's mapped program with the task's numbers on the cores' bit planes, to the bit. Throws
/// InputError for a layer too large to carry values.
ValueCheck check_associative_values(const hw::associative::Description& description, const MoeTask& task);

/// The same without the check.
MachineValues associative_layer_values(const hw::associative::Description& description,
                                       const workloads::MoeLayer& layer, const LayerNumbers& numbers);

} // namespace moesaic::sim
