#include "hw/simulation.hpp"

#include <cstdlib>
#include <systemc>

namespace moesaic::hw {

struct Simulation::Context {
  std::unique_ptr<sc_core::sc_simcontext> own;
  sc_core::sc_simcontext* outer_current = nullptr;
  sc_core::sc_simcontext* outer_default = nullptr;
};

Simulation::Simulation() : context_(std::make_unique<Context>()) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  context_->outer_current = sc_core::sc_curr_simcontext;
  context_->outer_default = sc_core::sc_default_global_context;
  context_->own = std::make_unique<sc_core::sc_simcontext>();
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = context_->own.get();
}

Simulation::~Simulation() {
  context_->own.reset();
  sc_core::sc_curr_simcontext = context_->outer_current;
  sc_core::sc_default_global_context = context_->outer_default;
}

double Simulation::run() {
  sc_core::sc_start();
  return sc_core::sc_time_stamp().to_seconds();
}

} // namespace moesaic::hw
