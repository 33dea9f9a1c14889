// Mappings of MoE layers onto GPUs: which experts, whole or cut by their inner width, lie on which GPU.
#pragma once

#include <vector>

#include "hw/gpu/constants.hpp"
#include "mappings/devices/parts.hpp"
#include "mappings/gpu/load.hpp"

namespace moesaic::mappings {

/// Expert parallelism as a group has it without a mapping: routed experts in order, equally many on each GPU; shared ones
/// whole on every GPU. `bits` per weight. Throws InputError where the GPUs do not divide the experts.
DeviceMapping even_gpu_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits);

/// The same with `redundant` further replicas of routed experts, chosen and placed by DeepSeek's load balancer for these
/// loads (tokens per routed expert). Throws InputError where the GPUs do not divide experts and replicas.
DeviceMapping balanced_gpu_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits,
                                   std::int32_t redundant, const std::vector<int>& load);

/// Tensor parallelism: every GPU holds an equal part of every routed expert's inner width. Throws InputError where the
/// GPUs do not divide it.
DeviceMapping tensor_gpu_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits);

/// What each GPU has to do for a batch with these rows per routed expert; replicas take turns. The mapping has passed
/// check_gpu_mapping().
std::vector<gpu::RankLoad> gpu_loads(const DeviceMapping& mapping, const workloads::MoeLayer& layer,
                                     const std::vector<int>& rows_per_expert, int tokens);

/// Bytes of weights by GPU, with `weight_bytes` for each.
std::vector<double> gpu_weight_bytes(const DeviceMapping& mapping, double weight_bytes);

/// The number format that a mapping's bits stand for on a GPU that runs `own` by itself: own where it has as many bits,
/// bfloat16 for 16. Throws InputError for others.
hw::gpu::Precision gpu_precision(std::int32_t bits, hw::gpu::Precision own);
/// Bits of a weight in a format, scales apart.
std::int32_t gpu_weight_bits(hw::gpu::Precision precision);

} // namespace moesaic::mappings
