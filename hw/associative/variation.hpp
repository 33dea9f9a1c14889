// An associative card with single figures changed, without reading its description again: what sweeps vary.
#pragma once

#include <optional>
#include <vector>

#include "description/override.hpp"
#include "hw/associative/description.hpp"

namespace moesaic::hw::associative {

/// The card that reading its description with these overrides gives, to the bit, where they change its clock, bandwidth,
/// powers, energies, or cycles of control and transfers. Nothing for all else: that has to be read, which also says what
/// is wrong.
std::optional<Description> varied(const Description& card, const std::vector<Override>& changes);

} // namespace moesaic::hw::associative
