// A NIR network's run on a chip: the intervals of its time and energy.
#include <doctest/doctest.h>

#include "sim/neuromorphic/run_spiking.hpp"
#include "tests/mappings/neuromorphic/nir_builder.hpp"

using namespace moesaic;

TEST_SUITE("system") {
  TEST_CASE("a spiking run's time and energy have the intervals of the chip's constants") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {3});
    b.node("w", "Linear").numbers("weight", {1, 2, 3, 4, 5, 6}, {2, 3});
    b.lif("lif", 2, 0.01, 1, 1);
    b.node("out", "Output").numbers("shape", {2});
    const std::string file = b.finish({{"in", "w"}, {"w", "lif"}, {"lif", "out"}});
    for (const char* chip : {"loihi2", "loihi", "spinnaker2"}) {
      CAPTURE(chip);
      const sim::SpikingRun run = sim::run_spiking({file, chip, "poisson:100", 1e-3, 50, 3});
      CHECK(run.seconds.nominal == run.system.seconds);
      CHECK(run.seconds.low < run.seconds.nominal);
      CHECK(run.seconds.high > run.seconds.nominal);
      for (const hw::LedgerLine& line : run.ledger.lines()) {
        const bool power = line.kind == hw::EnergyKind::static_power;
        const double times = power ? 1 : static_cast<double>(line.count);
        CHECK(line.joules == doctest::Approx(line.figure.value * times * (power ? run.seconds.nominal : 1)));
        CHECK(line.low == doctest::Approx(line.figure.low * times * (power ? run.seconds.low : 1)));
        CHECK(line.high == doctest::Approx(line.figure.high * times * (power ? run.seconds.high : 1)));
      }
    }
  }
}
