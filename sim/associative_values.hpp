// Real numbers through the bit planes of an associative processor, beside the reference.
#pragma once

#include "hw/associative/description.hpp"
#include "sim/machine.hpp"

namespace moesaic::sim {

/// Runs the layer's mapped program with values drawn from the task's seed on the cores' bit planes, to the
/// bit. Throws InputError for a layer too large to carry values.
ValueCheck check_associative_values(const hw::associative::Description& description, const MoeTask& task);

} // namespace moesaic::sim
