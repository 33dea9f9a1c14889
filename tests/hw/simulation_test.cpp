#include <doctest/doctest.h>

#include <systemc>

#include "hw/simulation.hpp"

using moesaic::hw::Simulation;

int sc_main(int, char**) {
  return 0;
}

namespace {

struct Ticker : sc_core::sc_module {
  SC_HAS_PROCESS(Ticker);
  Ticker(sc_core::sc_module_name name, int ticks) : sc_module(name), left(ticks) { SC_METHOD(tick); }
  void tick() {
    if (left-- > 0)
      next_trigger(sc_core::sc_time(2, sc_core::SC_NS));
  }
  int left;
};

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("many simulations run in one process, each from time zero, also after one that threw") {
    for (int i = 1; i <= 20; ++i) {
      Simulation simulation;
      Ticker ticker("ticker", i);
      CHECK(simulation.run() == doctest::Approx(2e-9 * i));
    }
    try {
      Simulation simulation;
      Ticker ticker("ticker", 1);
      throw std::runtime_error("mid-way");
    } catch (const std::runtime_error&) {
    }
    Simulation simulation;
    Ticker ticker("ticker", 3);
    CHECK(simulation.run() == doctest::Approx(6e-9));
  }
}
