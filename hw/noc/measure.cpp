#include "hw/noc/fabric.hpp"
#include "hw/noc/measurement.hpp"
#include "hw/simulation.hpp"

namespace moesaic::hw::noc {

Measurement measure(const NetworkConfig& config, Traffic& traffic, const MeasurementPlan& plan) {
  Simulation simulation;
  Fabric fabric("fabric", config, sc_core::sc_time(1, sc_core::SC_NS));
  Measured measured(fabric.network(), traffic, plan);
  fabric.attach(static_cast<Endpoints&>(measured));
  fabric.attach(static_cast<Agent&>(measured));
  try {
    simulation.run();
  } catch (const sc_core::sc_report&) {
    fabric.rethrow();
    throw;
  }
  return measured.result();
}

} // namespace moesaic::hw::noc
