// A chip with single figures changed, without reading its description again: what sweeps vary.
#pragma once

#include <optional>
#include <vector>

#include "description/override.hpp"
#include "hw/neuromorphic/chip.hpp"

namespace moesaic::hw {

/// The chip that reading its description with these overrides gives, to the bit, where they change times, energies,
/// powers or rates only. Nothing for all else (counts and sizes, other keys, wrong units, values out of range): that
/// has to be read, which also says what is wrong.
std::optional<Chip> varied(const Chip& chip, const std::vector<Override>& changes);

} // namespace moesaic::hw
