// Bit-serial machines run programs of their own operations; no layer is mapped onto them.
#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "mappings/check/violation.hpp"
#include "mappings/format/device_mapping.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

namespace {

class BitSerialMachine : public Machine {
 public:
  explicit BitSerialMachine(const Document& document) : description_(hw::associative::read_bit_serial(document)) {}

  const std::string& name() const override { return description_.name; }
  const char* kind() const override { return "associative"; }
  results::RunRecord run(const MoeTask&) const override { refuse(); }
  mappings::DeviceMapping map_devices(const workloads::MoeLayer&, const DeviceRequest&) const override { refuse(); }
  DeviceCheck check_devices(const mappings::DeviceMapping&, const workloads::MoeLayer&, const workloads::Routing&,
                            double) const override {
    refuse();
  }
  ValueCheck check_values(const MoeTask&) const override { refuse(); }
  MachineValues layer_values(const workloads::MoeLayer&, const LayerNumbers&) const override { refuse(); }

 private:
  [[noreturn]] void refuse() const {
    throw InputError(fmt::format("{}: MoE layers are not supported on a bit-serial machine, which is described as vector "
                                 "operations alone; write a program (moesaic run PROGRAM.yaml --on {})",
                                 description_.title, description_.name));
  }

  hw::associative::BitSerialDescription description_;
};

} // namespace

std::unique_ptr<Machine> make_bit_serial_machine(const Document& description) {
  return std::make_unique<BitSerialMachine>(description);
}

} // namespace moesaic::sim
