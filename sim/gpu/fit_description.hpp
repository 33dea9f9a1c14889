// Fitted constants into a GPU's description, in place.
#pragma once

#include "sim/gpu/fit.hpp"

namespace moesaic::sim {

/// Replaces value and interval of every fitted constant in hw/catalog/GPU.yaml, in the section of the fit's
/// engine and, where the fit had power rows, in the section `power`. All else of the file stays as it is.
/// Throws InputError when a constant's line is not found.
void write_fit(const GpuFit& fit);

/// The text of a description with the fit's constants in it; `file` is for messages.
std::string with_fit(const std::string& text, const std::string& file, const GpuFit& fit);

} // namespace moesaic::sim
