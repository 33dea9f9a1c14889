// A GPU program's cost as a run record: nominal and at both ends of every constant's interval.
#pragma once

#include <functional>

#include "hw/gpu/description.hpp"
#include "hw/gpu/kernel.hpp"
#include "results/record.hpp"

namespace moesaic::sim {

/// Lowers the workload anew for given constants (what streams through memory depends on them): one program
/// per GPU.
using GpuLowering = std::function<std::vector<hw::gpu::Program>(const hw::gpu::Constants&)>;

/// `precision`: of the products. Everything of the record but the workload's own fields. The GPUs of a group start together and the slowest
/// one counts; the others then wait at idle power. Energy never exceeds power_limit times seconds, at the
/// nominal point and at the high end. `brief` leaves constants, stages and notes out, which take most of the
/// time.
results::RunRecord record_gpu_run(const Document& document, const hw::gpu::Description& gpu,
                                  std::size_t engine, hw::gpu::Precision precision, const GpuLowering& lower,
                                  bool brief = false);

} // namespace moesaic::sim
