#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/gpu/description.hpp"
#include "mappings/gpu/lower.hpp"
#include "sim/gpu/record.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/resident_model.hpp"

namespace moesaic::sim {

namespace {

using hw::gpu::Constants;
using hw::gpu::Cost;

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
  ValueCheck check_values(const MoeTask&) const override { refuse_values(); }
  MachineValues layer_values(const workloads::MoeLayer&, const LayerNumbers&) const override {
    refuse_values();
  }

 private:
  [[noreturn]] void refuse_values() const {
    throw InputError(
        fmt::format("{}: values are not supported on a GPU baseline: it is an analytic model", name_));
  }
  double layer_bytes(const workloads::MoeLayer& layer) const;
  void check_fits(const workloads::MoeLayer& layer) const;

  Document document_;
  hw::gpu::Description gpu_;
  std::string name_; ///< with the number of GPUs before it where there are several
};

/// Of its experts' weights.
double GpuMachine::layer_bytes(const workloads::MoeLayer& layer) const {
  const double shared = static_cast<double>(layer.shared) * gpu_.ranks; // each rank holds them all
  return static_cast<double>(layer.expert_weights()) * (layer.routed + gpu_.redundant_experts + shared) *
         hw::gpu::weight_bytes(gpu_.precision);
}

void GpuMachine::check_fits(const workloads::MoeLayer& layer) const {
  const double weights = layer_bytes(layer) / gpu_.ranks;
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

results::RunRecord GpuMachine::run(const MoeTask& task) const {
  const workloads::MoeLayer& layer = task.layer;
  check_fits(layer);
  const mappings::gpu::LayerShape shape{double(layer.hidden), double(layer.expert_ffn), double(layer.routed),
                                        double(layer.shared)};
  const auto loads = mappings::gpu::group_loads(task.routing.load(), {gpu_.ranks, gpu_.redundant_experts},
                                                task.routing.tokens, task.routing.top_k);
  mappings::gpu::LowerOptions options;
  options.precision = gpu_.precision;
  options.ranks = gpu_.ranks;
  const auto lower = [&](const Constants& constants) {
    std::vector<hw::gpu::Program> programs;
    for (const auto& load : loads)
      programs.push_back(mappings::gpu::lower(shape, load, constants, options));
    return programs;
  };
  results::RunRecord record = record_gpu_run(document_, gpu_, 0, lower, task.brief);
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
  add_resident_model(layer, layer_bytes(layer) / constants.memory_size, constants.idle_power, record);
  return record;
}

} // namespace

std::unique_ptr<Machine> make_gpu_machine(const Document& description) {
  return std::make_unique<GpuMachine>(description);
}

} // namespace moesaic::sim
