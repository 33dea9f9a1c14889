#include "mappings/devices/check_gpus.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/gpu/kernel.hpp"
#include "mappings/devices/gpu_mapping.hpp"
#include "mappings/gpu/exchange.hpp"
#include "workloads/expert_balance.hpp"

namespace moesaic::mappings {

namespace {

class GpuCheck {
 public:
  GpuCheck(const DeviceMapping& mapping, const hw::gpu::Description& gpu, const workloads::MoeLayer& layer,
           std::vector<Violation>& violations)
      : mapping_(mapping), gpu_(gpu), layer_(layer), violations_(violations) {}

  void run() {
    places();
    precision();
    check_parts(mapping_, layer_, violations_);
    check_replica_rule(mapping_, violations_);
    widths();
    shared();
    memory();
  }

 private:
  void report(std::string kind, std::string place, std::string limit, std::string value, std::string remedy) {
    violations_.push_back({std::move(kind), std::move(place), std::move(limit), std::move(value), std::move(remedy)});
  }

  void places() {
    if (mapping_.chips != gpu_.ranks)
      report("chips", "the whole group", fmt::format("{} GPUs, as the machine {} has", gpu_.ranks, mapping_.machine),
             fmt::format("{} GPUs", mapping_.chips), "state as many chips as the machine's name says, as in 8xh200");
    std::set<std::int32_t> named;
    for (const DeviceSlice& s : mapping_.slices)
      if (s.on >= mapping_.chips && named.insert(s.on).second)
        report("no such chip", device_name(mapping_, s.on), fmt::format("GPU 0 to {}", mapping_.chips - 1),
               fmt::format("GPU {}", s.on), "move its slices to a GPU of the group");
  }

  void precision() {
    std::set<std::int32_t> bits;
    for (const DeviceSlice& s : mapping_.slices) {
      if (!bits.insert(s.bits).second)
        continue;
      if (bits.size() > 1)
        report("weight precision", device_name(mapping_, s.on), fmt::format("{} bit, as the slices before it", mapping_.slices[0].bits),
               fmt::format("{} bit", s.bits), "give all slices the same precision: a grouped kernel has one");
      const std::int32_t own = gpu_weight_bits(gpu_.precision);
      if (s.bits != own && s.bits != 16)
        report("weight precision", device_name(mapping_, s.on),
               own == 16 ? "16 bit" : fmt::format("{} bit ({}) or 16 bit", own, to_string(gpu_.precision)),
               fmt::format("{} bit", s.bits), "use a precision that the GPU's description has");
    }
  }

  void widths() {
    std::vector<std::int32_t> width(static_cast<std::size_t>(mapping_.chips), -1);
    for (const DevicePart& part : parts_of(mapping_)) {
      if (part.expert >= layer_.routed || part.on >= mapping_.chips)
        continue;
      std::int32_t& first = width[static_cast<std::size_t>(part.on)];
      if (first < 0)
        first = part.width;
      if (first != part.width)
        report("slice width", fmt::format("{}, expert {}", device_name(mapping_, part.on), part.expert),
               fmt::format("{} inner units, as the GPU's other experts", first), fmt::format("{} inner units", part.width),
               "cut all experts of a GPU equally: a grouped kernel has one width");
    }
  }

  /// Every GPU runs the shared experts for the tokens that it routes.
  void shared() {
    const auto parts = parts_of(mapping_);
    for (std::int32_t e = layer_.routed; e < layer_.routed + layer_.shared; ++e) {
      std::vector<std::int64_t> held(static_cast<std::size_t>(mapping_.chips));
      for (const DevicePart& part : parts)
        if (part.expert == e && part.on < mapping_.chips)
          held[static_cast<std::size_t>(part.on)] += part.width;
      for (std::size_t g = 0; g < held.size(); ++g)
        if (held[g] != layer_.expert_ffn)
          report("shared expert", fmt::format("GPU {}, expert {}", g, e),
                 fmt::format("all {} inner units, once", layer_.expert_ffn), fmt::format("{} inner units", held[g]),
                 "place one whole replica of each shared expert on every GPU");
    }
  }

  void memory() {
    if (mapping_.slices.empty())
      return;
    const std::int32_t bits = mapping_.slices[0].bits;
    const double each = bits == gpu_weight_bits(gpu_.precision) ? hw::gpu::weight_bytes(gpu_.precision) : bits / 8.0;
    const double most = gpu_.constants(0).memory_size;
    const auto bytes = gpu_weight_bytes(mapping_, each);
    for (std::size_t g = 0; g < bytes.size(); ++g)
      if (bytes[g] > most)
        report("device memory", fmt::format("GPU {}", g), fmt::format("at most {:.0f} B", most),
               fmt::format("{:.0f} B, {:.0f} too many", bytes[g], bytes[g] - most),
               "move experts to other GPUs, or use more of them");
  }

  const DeviceMapping& mapping_;
  const hw::gpu::Description& gpu_;
  const workloads::MoeLayer& layer_;
  std::vector<Violation>& violations_;
};

std::size_t busiest(const std::vector<double>& seconds) {
  return static_cast<std::size_t>(std::max_element(seconds.begin(), seconds.end()) - seconds.begin());
}

} // namespace

std::vector<Violation> check_gpu_mapping(const DeviceMapping& mapping, const hw::gpu::Description& gpu,
                                         const workloads::MoeLayer& layer) {
  std::vector<Violation> violations;
  GpuCheck(mapping, gpu, layer, violations).run();
  return violations;
}

GpuRates gpu_rates(const DeviceMapping& mapping, const hw::gpu::Description& gpu, const workloads::MoeLayer& layer,
                   const std::vector<std::vector<std::int32_t>>& chosen) {
  const hw::gpu::Constants c = gpu.constants(0);
  const auto precision = gpu_precision(mapping.slices.at(0).bits, gpu.precision);
  std::vector<int> rows(static_cast<std::size_t>(layer.routed));
  for (const auto& token : chosen)
    for (const std::int32_t e : token)
      if (e < layer.routed)
        ++rows[static_cast<std::size_t>(e)];
  const auto tokens = static_cast<double>(chosen.size());
  GpuRates rates{std::vector<double>(static_cast<std::size_t>(mapping.chips)),
                 std::vector<double>(static_cast<std::size_t>(mapping.chips))};
  const double row_bytes = gpu::dispatch_bytes(layer.hidden, precision) + gpu::combine_bytes(layer.hidden);
  for (const DevicePart& part : parts_of(mapping)) {
    const auto on = static_cast<std::size_t>(part.on), e = static_cast<std::size_t>(part.expert);
    const bool shared = part.expert >= layer.routed;
    const double share = shared ? 1.0 / mapping.chips : workloads::served_tokens(rows[e], mapping.replicas[e], part.replica) / tokens;
    rates.memory[on] += share * 3 * layer.hidden * part.width * hw::gpu::weight_bytes(precision) / c.memory_bandwidth;
    if (!shared && mapping.chips > 1)
      rates.link[on] += share * row_bytes * (mapping.chips - 1) / mapping.chips / (c.nvlink > 0 ? c.nvlink : c.network);
  }
  return rates;
}

void check_gpu_rates(const GpuRates& rates, double tokens_per_second, std::vector<Violation>& violations) {
  for (std::size_t g = 0; g < rates.memory.size(); ++g) {
    check_busy("memory bandwidth", fmt::format("GPU {}", g), rates.memory[g], tokens_per_second,
               "move experts to other GPUs, replicate them, or ask for fewer tokens per second", violations);
    check_busy("link bandwidth", fmt::format("GPU {}", g), rates.link[g], tokens_per_second,
               "move experts to other GPUs, replicate them, or ask for fewer tokens per second", violations);
  }
}

std::string gpu_report(const DeviceMapping& mapping, const GpuRates& rates, const hw::gpu::Description& gpu) {
  const auto precision = gpu_precision(mapping.slices.at(0).bits, gpu.precision);
  const auto bytes = gpu_weight_bytes(mapping, hw::gpu::weight_bytes(precision));
  const std::size_t fullest = busiest(bytes), memory = busiest(rates.memory), link = busiest(rates.link);
  std::string text = fmt::format("weights in {}; fullest GPU {}: {:.2f} of {:.0f} GB\n", to_string(precision), fullest,
                                 bytes[fullest] / 1e9, gpu.constants(0).memory_size / 1e9);
  text += fmt::format("busiest memory GPU {}: {:.4g} us per token, at most {:.4g} tokens/s one at a time\n", memory,
                      rates.memory[memory] * 1e6, 1 / rates.memory[memory]);
  if (rates.link[link] > 0)
    text += fmt::format("busiest link GPU {}: {:.4g} us per token, at most {:.4g} tokens/s\n", link, rates.link[link] * 1e6,
                        1 / rates.link[link]);
  return text;
}

} // namespace moesaic::mappings
