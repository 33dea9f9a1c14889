// Neurons that send their state: into further neurons, on chips whose messages carry values, and refused elsewhere.
#include <doctest/doctest.h>

#include <cmath>

#include "description/error.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"
#include "workloads/spike_input.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

hw::Chip chip_of(const char* name) {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", name, "machine")));
}

void li(NirBuilder& b, const std::string& name, int size, double tau) {
  const auto all = [&](double x) { return std::vector<double>(static_cast<std::size_t>(size), x); };
  b.node(name, "LI").numbers("tau", all(tau)).numbers("r", all(1)).numbers("v_leak", all(0.25));
}

/// in(1 x 6 x 6) -> LI -> conv(3) -> scale -> I -> linear -> LI (which feeds itself) -> threshold -> affine -> LIF -> out
NirNetwork graded_network() {
  std::mt19937_64 random(11);
  NirBuilder b;
  b.node("in", "Input").numbers("shape", {1, 6, 6});
  li(b, "li", 36, 0.006);
  b.node("conv", "Conv2d").numbers("weight", draw(random, 27, 1), {3, 1, 3, 3}).numbers("stride", {1}).numbers("padding", {0});
  b.node("scale", "Scale").numbers("scale", {0.5});
  b.node("i", "I").numbers("r", std::vector<double>(48, 20)); // dt r = 0.02
  b.node("flat", "Flatten").numbers("start_dim", {0}).numbers("end_dim", {-1});
  b.node("linear", "Linear").numbers("weight", draw(random, 10 * 48, 0.5), {10, 48});
  li(b, "mix", 10, 0.02);
  b.node("back", "Linear").numbers("weight", draw(random, 100, 0.2), {10, 10});
  b.node("over", "Threshold").numbers("threshold", std::vector<double>(10, 0.05));
  b.node("affine", "Affine").numbers("weight", draw(random, 50, 1), {5, 10}).numbers("bias", draw(random, 5, 0.5));
  b.lif("lif", 5, 0.01, 3, 0.4);
  b.node("out", "Output").numbers("shape", {5});
  return network_of(b, {{"in", "li"}, {"li", "conv"}, {"conv", "scale"}, {"scale", "i"}, {"i", "flat"}, {"flat", "linear"},
                        {"linear", "mix"}, {"mix", "back"}, {"back", "mix"}, {"mix", "over"}, {"over", "affine"},
                        {"affine", "lif"}, {"lif", "out"}});
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("integrators in a row sum what came, and what has been summed") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("a", "I").numbers("r", {1000});
    b.node("w", "Linear").numbers("weight", {-2}, {1, 1});
    b.node("b", "I").numbers("r", {1000});
    b.node("out", "Output").numbers("shape", {1});
    const NirNetwork network = network_of(b, {{"in", "a"}, {"a", "w"}, {"w", "b"}, {"b", "out"}});
    const auto run = run_reference(network, constant(20, {1}));
    for (int t = 0; t < 20; ++t) { // a holds t after step t; b adds -2 a of the step before
      CHECK(run.state[index_of(network, "a")][static_cast<std::size_t>(t)][0] == t);
      CHECK(run.state[index_of(network, "b")][static_cast<std::size_t>(t)][0] == -(t - 1) * t);
    }
  }

  TEST_CASE("a bound carries what a source may be off, by its weight") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("a", "I").numbers("r", {30}); // its weights are finer than the state
    b.node("w", "Linear").numbers("weight", {-4}, {1, 1});
    b.node("b", "I").numbers("r", {1000});
    b.node("out", "Output").numbers("shape", {1});
    const NirNetwork network = network_of(b, {{"in", "a"}, {"a", "w"}, {"w", "b"}, {"b", "out"}});
    const auto held = mappings::hold_nir(chip_of("loihi2"), network);
    const auto bounds = mappings::state_bounds(held, 8);
    const double unit = std::ldexp(1, -held.fraction_bits);
    const double a = held.step[0] - held.payload_bits[index_of(network, "in")] + held.fraction_bits < 0 ? 0.5 : 0;
    CHECK(bounds[index_of(network, "a")] == doctest::Approx(8 * a * unit));
    const double own = held.step[1] < 0 ? 0.5 : 0; // step t sees a after step t - 1, off by t a
    CHECK(bounds[index_of(network, "b")] == doctest::Approx((8 * own + 4 * a * (0 + 1 + 2 + 3 + 4 + 5 + 6 + 7)) * unit));
  }
}

TEST_SUITE("system") {
  TEST_CASE("values that neurons send arrive within the bound") {
    const NirNetwork network = graded_network();
    const InputSteps input = load_spike_input("poisson:300", {36, 1e-3, 40, 5});
    for (const char* name : {"loihi2", "spinnaker2"}) {
      CAPTURE(name);
      const hw::Chip chip = chip_of(name);
      const auto held = mappings::hold_nir(chip, network);
      const auto held_input = mappings::hold_input(chip, held, input);
      const hw::Program program = mappings::make_nir_program(chip, held);
      mappings::NirValues values(program, held, held_input);
      hw::run_system(chip, program, Corner::nominal, values, 40, 40);
      const NirRun reference = run_reference(held.network, held_input);
      CHECK(values.clipped() == 0);
      const auto bounds = mappings::state_bounds(held, 40);
      const auto mix = index_of(network, "mix");
      CHECK(bounds[mix] < (std::string(name) == "loihi2" ? 1e-4 : 0.2));
      CHECK(bounds[mix] > 0);
      CHECK(values.result().spikes == reference.spikes);
      double most = 0;
      for (std::size_t p = 0; p < reference.state.size(); ++p)
        for (std::size_t t = 0; t < reference.state[p].size(); ++t)
          for (std::size_t i = 0; i < reference.state[p][t].size(); ++i) {
            CHECK(std::abs(reference.state[p][t][i] - values.result().state[p][t][i]) <= bounds[p] + 1e-12);
            most = std::max(most, p == mix ? std::abs(reference.state[p][t][i]) : 0);
          }
      CHECK(most > 0.1); // something has come through two graded layers
    }
  }

  TEST_CASE("a chip whose spikes carry one bit refuses them by node") {
    CHECK_THROWS_WITH_AS(mappings::hold_nir(chip_of("loihi"), graded_network()),
                         "node 'li': graded values of LI neurons into 'i' are not supported: spikes of Intel Loihi carry one bit; "
                         "only an Output may show them",
                         InputError);
    CHECK_THROWS_WITH_AS(mappings::hold_nir(chip_of("truenorth"), graded_network()), doctest::Contains("IBM TrueNorth carry one bit"), InputError);
  }
}
