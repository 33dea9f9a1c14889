#include "mappings/devices/gpu_mapping.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/gpu/kernel.hpp"
#include "workloads/expert_balance.hpp"

namespace moesaic::mappings {

using hw::gpu::Precision;

namespace {

DeviceMapping empty_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, const char* strategy) {
  DeviceMapping mapping;
  mapping.kind = DeviceKind::gpu;
  mapping.workload = layer.name;
  mapping.strategy = strategy;
  mapping.chips = gpus;
  mapping.replicas.assign(static_cast<std::size_t>(layer.routed), 1);
  mapping.replicas.insert(mapping.replicas.end(), static_cast<std::size_t>(layer.shared), gpus);
  return mapping;
}

/// Each GPU runs the shared experts for its own tokens.
void add_shared(const workloads::MoeLayer& layer, std::int32_t bits, DeviceMapping& mapping) {
  for (std::int32_t s = 0; s < layer.shared; ++s)
    for (std::int32_t g = 0; g < mapping.chips; ++g)
      add_part({layer.routed + s, g, g, 4, 0, layer.expert_ffn}, layer, bits, mapping);
}

DeviceMapping placed(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits, const char* strategy,
                     const workloads::ExpertPlacement& placement) {
  DeviceMapping mapping = empty_mapping(layer, gpus, strategy);
  std::vector<std::int32_t> met(static_cast<std::size_t>(layer.routed));
  for (std::size_t r = 0; r < placement.expert_of.size(); ++r) {
    const std::int32_t expert = placement.expert_of[r];
    add_part({expert, met[static_cast<std::size_t>(expert)]++, placement.device_of(static_cast<int>(r)), 4, 0, layer.expert_ffn},
             layer, bits, mapping);
  }
  for (std::int32_t e = 0; e < layer.routed; ++e)
    mapping.replicas[static_cast<std::size_t>(e)] = met[static_cast<std::size_t>(e)];
  add_shared(layer, bits, mapping);
  return mapping;
}

void divide(std::int32_t what, std::int32_t gpus, const char* name) {
  if (gpus < 1 || what % gpus != 0)
    throw InputError(fmt::format("{} {} do not divide over {} GPUs", what, name, gpus));
}

} // namespace

DeviceMapping even_gpu_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits) {
  divide(layer.routed, gpus, "experts");
  return placed(layer, gpus, bits, "even", workloads::contiguous_placement(layer.routed, gpus));
}

DeviceMapping balanced_gpu_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits,
                                   std::int32_t redundant, const std::vector<int>& load) {
  divide(layer.routed + redundant, gpus, "experts and replicas");
  return placed(layer, gpus, bits, "eplb",
                workloads::balance_experts({load.begin(), load.end()}, layer.routed + redundant, 1, 1, gpus));
}

DeviceMapping tensor_gpu_mapping(const workloads::MoeLayer& layer, std::int32_t gpus, std::int32_t bits) {
  divide(layer.expert_ffn, gpus, "inner units of an expert");
  DeviceMapping mapping = empty_mapping(layer, gpus, "tensor");
  const std::int32_t width = layer.expert_ffn / gpus;
  for (std::int32_t e = 0; e < layer.routed; ++e)
    for (std::int32_t g = 0; g < gpus; ++g)
      add_part({e, 0, g, 4, g * width, width}, layer, bits, mapping);
  add_shared(layer, bits, mapping);
  return mapping;
}

std::vector<gpu::RankLoad> gpu_loads(const DeviceMapping& mapping, const workloads::MoeLayer& layer,
                                     const std::vector<int>& rows_per_expert, int tokens) {
  const auto gpus = static_cast<std::size_t>(mapping.chips);
  std::vector<std::vector<int>> rows(gpus);
  std::vector<double> width(gpus, layer.expert_ffn);
  for (const DevicePart& part : parts_of(mapping))
    if (part.expert < layer.routed) {
      const auto expert = static_cast<std::size_t>(part.expert), on = static_cast<std::size_t>(part.on);
      rows[on].push_back(workloads::served_tokens(rows_per_expert[expert], mapping.replicas[expert], part.replica));
      width[on] = part.width;
    }
  std::vector<gpu::RankLoad> loads;
  double sent = 0, chosen = 0;
  for (const int count : rows_per_expert)
    chosen += count;
  for (std::size_t g = 0; g < gpus; ++g) {
    loads.push_back(gpu::rank_load(rows[g].data(), static_cast<int>(rows[g].size()), tokens, layer.router.top_k));
    loads.back().own = tokens / mapping.chips + (static_cast<int>(g) < tokens % mapping.chips);
    loads.back().width_share = width[g] / layer.expert_ffn;
    sent += loads.back().rows;
  }
  for (auto& load : loads)
    load.copies = chosen > 0 ? sent / chosen : 1;
  return loads;
}

std::vector<double> gpu_weight_bytes(const DeviceMapping& mapping, double weight_bytes) {
  std::vector<double> bytes(static_cast<std::size_t>(mapping.chips));
  for (const DeviceSlice& s : mapping.slices)
    if (s.on < mapping.chips)
      bytes[static_cast<std::size_t>(s.on)] += static_cast<double>(s.rows) * s.columns * weight_bytes;
  return bytes;
}

std::int32_t gpu_weight_bits(Precision precision) {
  switch (precision) {
  case Precision::bf16:
    return 16;
  case Precision::int4:
    return 4;
  default:
    return 8;
  }
}

Precision gpu_precision(std::int32_t bits, Precision own) {
  if (bits == gpu_weight_bits(own))
    return own;
  if (bits == 16)
    return Precision::bf16;
  throw InputError(fmt::format("weights of {} bit are not supported, only of 16 and of {} bit ({})", bits, gpu_weight_bits(own),
                               to_string(own)));
}

} // namespace moesaic::mappings
