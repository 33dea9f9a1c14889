#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"
#include "mappings/check/violation.hpp"
#include "mappings/format/device_mapping.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

[[noreturn]] static void refuse(const Machine& machine) {
  throw InputError(fmt::format("{}: mappings of cards or GPUs are not supported on this machine, which is of kind {}",
                               machine.name(), machine.kind()));
}

mappings::DeviceMapping Machine::map_devices(const workloads::MoeLayer&, const DeviceRequest&) const {
  refuse(*this);
}

DeviceCheck Machine::check_devices(const mappings::DeviceMapping&, const workloads::MoeLayer&, const workloads::Routing&,
                                   double) const {
  refuse(*this);
}

std::shared_ptr<const mappings::DeviceMapping> load_valid_devices(const std::string& file) {
  mappings::DeviceMapping mapping = mappings::load_device_mapping(file);
  const auto machine = make_machine(mapping.machine);
  const auto layer = workloads::load_moe_layer(mapping.workload);
  const auto violations = machine->check_devices(mapping, layer, workloads::make_trace(layer, 1, mapping.seed), 0).violations;
  if (!violations.empty())
    throw InputError(fmt::format("{}: the mapping is not valid ({} violations): {}", file, violations.size(),
                                 mappings::to_text(violations.front())));
  mapping.machine = machine->name();
  mapping.workload = layer.name;
  return std::make_shared<const mappings::DeviceMapping>(std::move(mapping));
}

const mappings::DeviceMapping* devices_of(const MoeTask& task, const std::string& machine) {
  return task.devices && task.devices->machine == hw::split_node(machine).name ? task.devices.get() : nullptr;
}

} // namespace moesaic::sim
