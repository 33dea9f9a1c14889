// Proves a mapping onto GPUs valid, or lists everything that is wrong with it.
#pragma once

#include "hw/gpu/description.hpp"
#include "mappings/devices/check_parts.hpp"

namespace moesaic::mappings {

/// Empty: valid. `gpu` describes one of the GPUs and how many there are.
std::vector<Violation> check_gpu_mapping(const DeviceMapping& mapping, const hw::gpu::Description& gpu,
                                         const workloads::MoeLayer& layer);

/// Seconds for which each GPU's memory and links are busy per token, the mean over tokens that run one at a time: weights of
/// the chosen experts are read for each, a shared expert by the GPU whose token it is.
struct GpuRates {
  std::vector<double> memory, link;
};
/// `chosen`: of each token its routed experts, ascending, shared ones after them. The mapping is valid.
GpuRates gpu_rates(const DeviceMapping& mapping, const hw::gpu::Description& gpu, const workloads::MoeLayer& layer,
                   const std::vector<std::vector<std::int32_t>>& chosen);
void check_gpu_rates(const GpuRates& rates, double tokens_per_second, std::vector<Violation>& violations);
/// What each GPU holds, of the fullest; the busiest memory and link with the rates that they allow.
std::string gpu_report(const DeviceMapping& mapping, const GpuRates& rates, const hw::gpu::Description& gpu);

} // namespace moesaic::mappings
