#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/gpu/description.hpp"
#include "mappings/devices/check_gpus.hpp"
#include "mappings/devices/gpu_mapping.hpp"
#include "mappings/gpu/lower.hpp"
#include "mappings/neuromorphic/moe_program.hpp"
#include "sim/gpu/record.hpp"
#include "sim/gpu/units.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/resident_model.hpp"

namespace moesaic::sim {

namespace {

using hw::gpu::Constants;
using hw::gpu::Cost;

/// How a layer lies on the group.
struct Layout {
  std::vector<mappings::gpu::RankLoad> loads;
  hw::gpu::Precision precision = hw::gpu::Precision::bf16;
  double bytes = 0; ///< of all experts' weights on all GPUs
};

class GpuMachine : public Machine {
 public:
  explicit GpuMachine(const Document& document)
      : GpuMachine(document, hw::gpu::read_description(document)) {}
  GpuMachine(const Document& document, hw::gpu::Description gpu)
      : document_(document), gpu_(std::move(gpu)),
        name_(gpu_.ranks > 1 ? fmt::format("{}x{}", gpu_.ranks, gpu_.name) : gpu_.name) {}

  const std::string& name() const override { return name_; }
  const char* kind() const override { return "gpu"; }
  std::unique_ptr<Machine> varied(const std::vector<Override>& changes) const override {
    auto gpu = hw::gpu::with_overrides(gpu_, changes);
    return gpu ? std::make_unique<GpuMachine>(document_, std::move(*gpu)) : nullptr;
  }
  results::RunRecord run(const MoeTask& task) const override;
  void check_fits(const workloads::MoeLayer& layer) const override;
  results::RunRecord estimate(const MoeTask& task) const override { return run(task); } // closed forms already
  using Machine::units;
  results::UnitSpans units(const MoeTask& task, const results::TraceWindow& window) const override;
  std::vector<std::string> device_strategies() const override;
  mappings::DeviceMapping map_devices(const workloads::MoeLayer& layer, const DeviceRequest& request) const override;
  DeviceCheck check_devices(const mappings::DeviceMapping& mapping, const workloads::MoeLayer& layer,
                            const workloads::Routing& trace, double tokens_per_second) const override;
  ValueCheck check_values(const MoeTask&) const override { refuse_values(); }
  MachineValues layer_values(const workloads::MoeLayer&, const LayerNumbers&) const override {
    refuse_values();
  }

 private:
  [[noreturn]] void refuse_values() const {
    throw InputError(
        fmt::format("{}: values are not supported on a GPU baseline: it is an analytic model", name_));
  }
  /// As the task's mapping says, or by itself. Throws InputError where it does not fit.
  Layout layout(const MoeTask& task) const;
  /// One a GPU.
  std::vector<hw::gpu::Program> programs(const MoeTask& task, const Layout& layout, const Constants& constants) const;

  Document document_;
  hw::gpu::Description gpu_;
  std::string name_; ///< with the number of GPUs before it where there are several
};

/// Experts in order, shared ones on every rank.
double bytes_by_itself(const hw::gpu::Description& gpu, const workloads::MoeLayer& layer) {
  const double shared = static_cast<double>(layer.shared) * gpu.ranks; // each rank holds them all
  return static_cast<double>(layer.expert_weights()) * (layer.routed + gpu.redundant_experts + shared) *
         hw::gpu::weight_bytes(gpu.precision);
}

Layout layout_by_itself(const hw::gpu::Description& gpu, const MoeTask& task) {
  return {mappings::gpu::group_loads(task.routing.load(), {gpu.ranks, gpu.redundant_experts}, task.routing.tokens,
                                     task.routing.top_k),
          gpu.precision, bytes_by_itself(gpu, task.layer)};
}

Layout layout_of(const hw::gpu::Description& gpu, const MoeTask& task, const mappings::DeviceMapping& mapping) {
  Layout layout;
  layout.precision = mappings::gpu_precision(mapping.slices.at(0).bits, gpu.precision);
  layout.loads = mappings::gpu_loads(mapping, task.layer, task.routing.load(), task.routing.tokens);
  for (const double bytes : mappings::gpu_weight_bytes(mapping, hw::gpu::weight_bytes(layout.precision)))
    layout.bytes += bytes;
  return layout;
}

void GpuMachine::check_fits(const workloads::MoeLayer& layer) const {
  const double weights = bytes_by_itself(gpu_, layer) / gpu_.ranks;
  const double memory = gpu_.constants(0).memory_size;
  if (weights > memory)
    throw InputError(fmt::format("{}: the layer's experts need {} of device memory, {} more than the GPU has",
                                 name_, format_quantity(weights, "B"),
                                 format_quantity(weights - memory, "B")));
}

/// Rows of the busiest rank over the mean.
static double imbalance(const std::vector<mappings::gpu::RankLoad>& loads) {
  double most = 0, sum = 0;
  for (const auto& load : loads) {
    most = std::max(most, load.rows);
    sum += load.rows;
  }
  return most * static_cast<double>(loads.size()) / sum;
}

Layout GpuMachine::layout(const MoeTask& task) const {
  if (const auto* mapping = devices_of(task, name_))
    return layout_of(gpu_, task, *mapping);
  check_fits(task.layer);
  return layout_by_itself(gpu_, task);
}

std::vector<hw::gpu::Program> GpuMachine::programs(const MoeTask& task, const Layout& layout, const Constants& constants) const {
  const workloads::MoeLayer& layer = task.layer;
  const mappings::gpu::LayerShape shape{double(layer.hidden), double(layer.expert_ffn), double(layer.routed),
                                        double(layer.shared)};
  mappings::gpu::LowerOptions options;
  options.precision = layout.precision;
  options.ranks = gpu_.ranks;
  std::vector<hw::gpu::Program> programs;
  for (const auto& load : layout.loads)
    programs.push_back(mappings::gpu::lower(shape, load, constants, options));
  return programs;
}

results::UnitSpans GpuMachine::units(const MoeTask& task, const results::TraceWindow& window) const {
  const Constants constants = gpu_.constants(0);
  return gpu_units(group_cost(programs(task, layout(task), constants), constants), constants, window);
}

results::RunRecord GpuMachine::run(const MoeTask& task) const {
  const workloads::MoeLayer& layer = task.layer;
  const Layout layout = this->layout(task);
  const auto& loads = layout.loads;
  const auto lower = [&](const Constants& constants) { return programs(task, layout, constants); };
  results::RunRecord record = record_gpu_run(document_, gpu_, 0, layout.precision, lower, task.brief);
  record.machine = name_;
  record.workload = layer.name;
  record.tokens = task.routing.tokens;
  double touched = 0;
  for (const auto& load : loads)
    touched += load.touched;
  record.statistics.push_back({"touched experts", "experts", "total",
                               "routed experts (replicas apart) with at least one token", touched});
  if (gpu_.ranks > 1)
    record.statistics.push_back(
        {"load imbalance", "ratio", "total", "rows of the busiest rank over the mean", imbalance(loads)});
  const Constants constants = gpu_.constants(0);
  add_resident_model(layer, layout.bytes / constants.memory_size, constants.idle_power, record);
  if (const auto* mapping = devices_of(task, name_); mapping && !task.brief)
    record.notes.push_back(fmt::format("placed by a mapping file: strategy {}, weights in {}", mapping->strategy,
                                       to_string(layout.precision)));
  return record;
}

std::vector<std::string> GpuMachine::device_strategies() const {
  return {"even", "eplb", "tensor"};
}

mappings::DeviceMapping GpuMachine::map_devices(const workloads::MoeLayer& layer, const DeviceRequest& request) const {
  if (request.resident)
    throw InputError(fmt::format("{}: resident weights are not supported on GPUs: all lie in the GPU's memory", name_));
  if (request.chips > 0 && request.chips != gpu_.ranks)
    throw InputError(fmt::format("{}: {} GPUs; name the machine {}x{} for {}", name_, gpu_.ranks, request.chips, gpu_.name,
                                 request.chips));
  const std::int32_t bits = mappings::gpu_weight_bits(gpu_.precision);
  if (request.strategy == "tensor")
    return mappings::tensor_gpu_mapping(layer, gpu_.ranks, bits);
  if (request.strategy == "even")
    return mappings::even_gpu_mapping(layer, gpu_.ranks, bits);
  const int wanted = request.redundant < 0 ? (layer.routed + 7) / 8 : request.redundant;
  const int rest = (layer.routed + wanted) % gpu_.ranks;
  return mappings::balanced_gpu_mapping(layer, gpu_.ranks, bits, wanted + (rest > 0 ? gpu_.ranks - rest : 0), request.load);
}

DeviceCheck GpuMachine::check_devices(const mappings::DeviceMapping& mapping, const workloads::MoeLayer& layer,
                                      const workloads::Routing& trace, double tokens_per_second) const {
  if (mapping.kind != mappings::DeviceKind::gpu)
    throw InputError(fmt::format("{}: a mapping for a machine of kind associative, expected one for a gpu", name_));
  DeviceCheck check{mappings::check_gpu_mapping(mapping, gpu_, layer), ""};
  if (!check.violations.empty())
    return check;
  const auto rates = mappings::gpu_rates(mapping, gpu_, layer, mappings::chosen_experts(layer, trace));
  check.report = mappings::gpu_report(mapping, rates, gpu_);
  if (tokens_per_second > 0)
    mappings::check_gpu_rates(rates, tokens_per_second, check.violations);
  return check;
}

} // namespace

std::unique_ptr<Machine> make_gpu_machine(const Document& description) {
  return std::make_unique<GpuMachine>(description);
}

} // namespace moesaic::sim
