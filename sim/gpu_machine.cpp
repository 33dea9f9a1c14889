#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/gpu/description.hpp"
#include "mappings/gpu/lower.hpp"
#include "sim/gpu_record.hpp"
#include "sim/machine.hpp"
#include "sim/resident_model.hpp"

namespace moesaic::sim {

namespace {

using hw::gpu::Constants;
using hw::gpu::Cost;

class GpuMachine : public Machine {
 public:
  explicit GpuMachine(const Document& document)
      : document_(document), gpu_(hw::gpu::read_description(document)) {}

  const std::string& name() const override { return gpu_.name; }
  const char* kind() const override { return "gpu"; }
  results::RunRecord run(const MoeTask& task) const override;
  ValueCheck check_values(const MoeTask&) const override { refuse_values(); }
  MachineValues layer_values(const workloads::MoeLayer&, const LayerNumbers&) const override {
    refuse_values();
  }

 private:
  [[noreturn]] void refuse_values() const {
    throw InputError(
        fmt::format("{}: values are not supported on a GPU baseline: it is an analytic model", gpu_.name));
  }
  double layer_bytes(const workloads::MoeLayer& layer) const;
  void check_fits(const workloads::MoeLayer& layer) const;

  Document document_;
  hw::gpu::Description gpu_;
};

/// Of its experts' weights.
double GpuMachine::layer_bytes(const workloads::MoeLayer& layer) const {
  return static_cast<double>(layer.expert_weights()) * (layer.routed + layer.shared) *
         hw::gpu::weight_bytes(gpu_.precision);
}

void GpuMachine::check_fits(const workloads::MoeLayer& layer) const {
  const double weights = layer_bytes(layer);
  const double memory = gpu_.constants(0).memory_size;
  if (weights > memory)
    throw InputError(fmt::format("{}: the layer's experts need {} of device memory, {} more than the GPU has",
                                 gpu_.name, format_quantity(weights, "B"),
                                 format_quantity(weights - memory, "B")));
}

results::RunRecord GpuMachine::run(const MoeTask& task) const {
  const workloads::MoeLayer& layer = task.layer;
  check_fits(layer);
  const mappings::gpu::LayerShape shape{double(layer.hidden), double(layer.expert_ffn), double(layer.routed),
                                        double(layer.shared)};
  const std::vector<int> counts = task.routing.load();
  const mappings::gpu::RankLoad load =
      mappings::gpu::slowest_rank(counts, 1, task.routing.tokens, task.routing.top_k);
  mappings::gpu::LowerOptions options;
  options.precision = gpu_.precision;
  const auto lower = [&](const Constants& constants) {
    return mappings::gpu::lower(shape, load, constants, options);
  };
  results::RunRecord record = record_gpu_run(document_, gpu_, 0, lower);
  record.workload = layer.name;
  record.tokens = task.routing.tokens;
  record.statistics.push_back(
      {"touched experts", "experts", "total", "routed experts with at least one token", load.touched});
  const Constants constants = gpu_.constants(0);
  add_resident_model(layer, layer_bytes(layer) / constants.memory_size, constants.idle_power, record);
  return record;
}

} // namespace

std::unique_ptr<Machine> make_gpu_machine(const Document& description) {
  return std::make_unique<GpuMachine>(description);
}

} // namespace moesaic::sim
