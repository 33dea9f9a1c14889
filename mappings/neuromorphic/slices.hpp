// How large a slice of neurons a core can hold.
#pragma once

#include <functional>
#include <vector>

#include "hw/neuromorphic/chip.hpp"

namespace moesaic::mappings {

/// The start of slice `i` of `items` over `slices`: balanced, they are cut at items * i / slices.
int slice_begin(int items, int slices, int i);

/// Whether a core with these tables, neurons and axons out keeps all of the chip's limits.
bool core_fits(const hw::Chip& chip, const std::vector<hw::SynapseTable>& tables, int neurons, int axons);

/// As few cores as hold `items` in equal slices. Throws InputError, naming `what`, when not even one fits a
/// core.
int cores_for(int items, const char* what, const hw::Chip& chip, const std::function<bool(int)>& slice_fits);

} // namespace moesaic::mappings
