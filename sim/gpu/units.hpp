// Tracks of GPUs: launches, links, memory and matrix units of each.
#pragma once

#include "results/trace.hpp"
#include "results/unit_spans.hpp"
#include "sim/gpu/group.hpp"

namespace moesaic::sim {

/// Each kernel's parts where the kernel model has them: what does not depend on its size comes first, then its time on the
/// links, then memory and matrix units side by side, each as long as it would take alone. A kernel ends later than the
/// longer of the two, since they overlap in part only; which part of a kernel that is, the model does not say.
results::UnitSpans gpu_units(const GpuGroup& group, const hw::gpu::Constants& constants, const results::TraceWindow& window);

} // namespace moesaic::sim
