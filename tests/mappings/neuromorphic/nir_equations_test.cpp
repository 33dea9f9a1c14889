// NIR graphs: their equations against closed forms.
#include <doctest/doctest.h>

#include <cmath>

#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

TEST_SUITE("unit") {
  TEST_CASE("a leaky integrator charges as its closed form says") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("li", "LI").numbers("tau", {0.02}).numbers("r", {3}).numbers("v_leak", {0.5});
    b.node("out", "Output").numbers("shape", {1});
    const NirNetwork network = network_of(b, {{"in", "li"}, {"li", "out"}});
    const auto run = run_reference(network, constant(40, {2}));
    const auto li = index_of(network, "li");
    for (int t = 0; t < 40; ++t) { // the input of step t counts in step t + 1
      const double leak = 0.5 * (1 - std::pow(0.95, t + 1)), drive = 6 * (1 - std::pow(0.95, t));
      CHECK(run.state[li][static_cast<std::size_t>(t)][0] == doctest::Approx(leak + drive));
    }
  }

  TEST_CASE("an integrate-and-fire neuron fires at its period, and a delay moves it") {
    for (const double delay : {0.0, 0.007}) {
      NirBuilder b;
      b.node("in", "Input").numbers("shape", {1});
      b.node("wait", "Delay").numbers("delay", {delay});
      b.node("if", "IF").numbers("r", {1000}).numbers("v_threshold", {3.5});
      b.node("out", "Output").numbers("shape", {1});
      const NirNetwork network = network_of(b, {{"in", "wait"}, {"wait", "if"}, {"if", "out"}});
      const auto run = run_reference(network, constant(60, {1}));
      const auto which = index_of(network, "if");
      for (int t = 0; t < 60; ++t) {
        const int arrived = t - static_cast<int>(std::lround(delay * 1000));
        CHECK(run.spikes[which][static_cast<std::size_t>(t)].size() == (arrived > 0 && arrived % 4 == 0 ? 1 : 0));
      }
    }
  }

  TEST_CASE("a bias behind a Delay comes when it has passed, and several Inputs are told apart") {
    NirBuilder b;
    b.node("a", "Input").numbers("shape", {1});
    b.node("b", "Input").numbers("shape", {2});
    b.node("wa", "Affine").numbers("weight", {1, 10}, {2, 1}).numbers("bias", {0.25, 0.5});
    b.node("wait", "Delay").numbers("delay", {0.003, 0.005});
    b.node("wb", "Linear").numbers("weight", {0, 10, 100, 0}, {2, 2});
    b.node("i", "I").numbers("r", {1000, 1000});
    b.node("out", "Output").numbers("shape", {2});
    const NirNetwork network = network_of(b, {{"a", "wa"}, {"wa", "wait"}, {"wait", "i"}, {"b", "wb"}, {"wb", "i"}, {"i", "out"}});
    CHECK(network.channels == 3);
    InputSteps input = constant(10, {0, 0, 0});
    input[0] = {1, 2, 3}; // of a, and of both channels of b
    const auto expected = [](int t, double bias, int delay, double late, double now) {
      return std::max(0, t - delay + 1) * bias + (t > delay ? late : 0) + (t > 0 ? now : 0);
    };
    const auto check = [&](const NirRun& run, double most) {
      const auto& state = run.state[index_of(network, "i")];
      for (int t = 0; t < 10; ++t) {
        CHECK(std::abs(state[static_cast<std::size_t>(t)][0] - expected(t, 0.25, 3, 1, 30)) <= most);
        CHECK(std::abs(state[static_cast<std::size_t>(t)][1] - expected(t, 0.5, 5, 10, 200)) <= most);
      }
    };
    check(run_reference(network, input), 1e-9);
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
    const auto held = mappings::hold_nir(chip, network);
    const auto held_input = mappings::hold_input(chip, held, input);
    const hw::Program program = mappings::make_nir_program(chip, held);
    mappings::NirValues values(program, held, held_input);
    hw::run_system(chip, program, Corner::nominal, values, 10, 10);
    check(values.result(), 1e-6); // all of it is held exactly
    CHECK(values.result().spikes == run_reference(held.network, held_input).spikes);
  }

  TEST_CASE("a convolution of ones counts its neighbours, a pool its window, a threshold compares") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1, 4, 4});
    b.node("conv", "Conv2d").numbers("weight", std::vector<double>(9, 1), {1, 1, 3, 3}).numbers("padding", {1}).numbers("stride", {1});
    b.node("scale", "Scale").numbers("scale", {0.5});
    b.node("pool", "SumPool2d").numbers("kernel_size", {2}).numbers("stride", {2});
    b.node("over", "Threshold").numbers("threshold", {11.9});
    b.node("out", "Output").numbers("shape", {4});
    const NirNetwork network = network_of(b, {{"in", "conv"}, {"conv", "scale"}, {"scale", "pool"}, {"pool", "over"}, {"over", "out"}});
    const auto run = run_reference(network, constant(2, std::vector<double>(16, 1)));
    const auto over = index_of(network, "over");
    for (const double v : run.state[over][1])
      CHECK(v == doctest::Approx((4 + 6 + 6 + 9) * 0.5));
    CHECK(run.spikes[over][1].size() == 4);
    CHECK(run.spikes[over][0].empty());
  }

  TEST_CASE("a subgraph is what it holds") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {2});
    b.graph("inner", {{"i", "w"}, {"w", "o"}});
    b.node("inner/nodes/i", "Input").numbers("shape", {2});
    b.node("inner/nodes/w", "Linear").numbers("weight", {1, 2}, {1, 2});
    b.node("inner/nodes/o", "Output").numbers("shape", {1});
    b.node("out", "Output").numbers("shape", {1});
    const NirNetwork network = network_of(b, {{"in", "inner"}, {"inner", "out"}});
    const auto run = run_reference(network, constant(2, {3, 4}));
    CHECK(run.state[index_of(network, "out")][1][0] == doctest::Approx(3 + 2 * 4));
  }
}
