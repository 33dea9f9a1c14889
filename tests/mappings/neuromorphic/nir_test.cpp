// NIR graphs: their equations against closed forms, their run on chips against the equations, and bad files.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>

#include "description/error.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "tests/mappings/neuromorphic/nir_builder.hpp"
#include "workloads/spike_input.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

using Edges = std::vector<std::pair<std::string, std::string>>;

NirNetwork network_of(NirBuilder& builder, const Edges& edges, double dt = 1e-3) {
  return make_network(load_nir(builder.finish(edges)), dt);
}

InputSteps constant(std::size_t steps, const std::vector<double>& value) {
  return InputSteps(steps, value);
}

std::size_t index_of(const NirNetwork& network, const std::string& name) {
  for (std::size_t i = 0; i < network.populations.size(); ++i)
    if (network.populations[i].name == name)
      return i;
  return network.populations.size();
}

std::vector<double> draw(std::mt19937_64& random, int count, double scale) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i)
    values.push_back((static_cast<double>(random() >> 11) * 0x1p-53 - 0.4) * scale);
  return values;
}

/// in(2 x 6 x 6) -> conv(4) -> LIF -> pool -> flatten -> affine -> CubaLIF with recurrence -> out.
NirNetwork small_network() {
  std::mt19937_64 random(5);
  NirBuilder b;
  b.node("in", "Input").numbers("shape", {2, 6, 6});
  b.node("conv", "Conv2d").numbers("weight", draw(random, 4 * 2 * 9, 1), {4, 2, 3, 3}).numbers("bias", draw(random, 4, 0.1));
  b.numbers("stride", {1}).numbers("padding", {1}).numbers("dilation", {1}).numbers("groups", {1});
  b.node("lif", "LIF");
  for (const auto& [key, value] : std::vector<std::pair<const char*, double>>{{"tau", 0.01}, {"r", 4}, {"v_leak", 0.0}, {"v_threshold", 0.5}})
    b.numbers(key, std::vector<double>(144, value), {4, 6, 6});
  b.node("pool", "SumPool2d").numbers("kernel_size", {2, 2}).numbers("stride", {2, 2}).numbers("padding", {0, 0});
  b.node("flat", "Flatten").numbers("start_dim", {0}).numbers("end_dim", {-1});
  b.node("affine", "Affine").numbers("weight", draw(random, 10 * 36, 1), {10, 36}).numbers("bias", draw(random, 10, 0.1));
  b.node("cuba", "CubaLIF");
  for (const auto& [key, value] : std::vector<std::pair<const char*, double>>{
           {"tau_mem", 0.01}, {"tau_syn", 0.005}, {"r", 2}, {"v_leak", 0.0}, {"v_threshold", 0.4}, {"w_in", 1.0}})
    b.numbers(key, std::vector<double>(10, value));
  b.node("back", "Linear").numbers("weight", draw(random, 100, 0.5), {10, 10});
  b.node("out", "Output").numbers("shape", {10});
  return network_of(b, {{"in", "conv"}, {"conv", "lif"}, {"lif", "pool"}, {"pool", "flat"}, {"flat", "affine"},
                        {"affine", "cuba"}, {"cuba", "back"}, {"back", "cuba"}, {"cuba", "out"}});
}

} // namespace

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

  TEST_CASE("bad graphs are refused by node and edge") {
    const auto error = [](NirBuilder& b, const Edges& edges) -> std::string {
      try {
        network_of(b, edges);
      } catch (const InputError& e) {
        return e.what();
      }
      return "";
    };
    const auto holds = [](const std::string& text, const char* part) {
      CAPTURE(text);
      CHECK(text.find(part) != std::string::npos);
    };
    const Edges line{{"in", "w"}, {"w", "lif"}, {"lif", "out"}};
    const auto with = [&](std::vector<double> weight, std::vector<hsize_t> shape, const Edges& edges) {
      NirBuilder b;
      b.node("in", "Input").numbers("shape", {2});
      b.node("w", "Linear").numbers("weight", weight, shape);
      b.lif("lif", 2, 0.01, 1, 1);
      b.node("out", "Output").numbers("shape", {2});
      return error(b, edges);
    };
    CHECK(with({1, 2, 3, 4}, {2, 2}, line) == "");
    holds(with({1, 2, 3}, {1, 3}, line), "node 'w' (Linear): 'weight' takes 3 inputs, got 2");
    holds(with({1, 2, 3, 4, 5, 6}, {3, 2}, line), "node 'lif' (LIF): 'r' has 2 values, its input 3");
    holds(with({1, 2, std::numeric_limits<double>::quiet_NaN(), 4}, {2, 2}, line), "node 'w': 'weight' holds nan at position 2");
    holds(with({1, 2, 3, 4}, {2, 2}, {{"in", "w"}, {"w", "w"}, {"w", "lif"}, {"lif", "out"}}), "a cycle with no neuron in it: 'w' -> 'w'");
    holds(with({1, 2, 3, 4}, {2, 2}, {{"in", "w"}, {"w", "life"}}), "edge 'w' -> 'life': there is no node 'life'");
    holds(with({1, 2, 3, 4}, {2, 2}, {{"in", "w"}, {"w", "out"}}), "node 'lif' (LIF): nothing leads from an Input to it");
    NirBuilder odd;
    odd.node("in", "Input").numbers("shape", {2});
    odd.node("x", "Affin");
    holds(error(odd, {{"in", "x"}}), "node 'x': type 'Affin' is not supported, did you mean 'Affine'?");
    NirBuilder fast;
    fast.node("in", "Input").numbers("shape", {1});
    fast.lif("lif", 1, 0.0001, 1, 1);
    fast.node("out", "Output").numbers("shape", {1});
    holds(error(fast, {{"in", "lif"}, {"lif", "out"}}), "'tau' is 0.0001 s: must be at least the time step");
  }

  TEST_CASE("files that are no HDF5 or end too early are refused") {
    const TemporaryFile text(".nir", "nodes: []\n");
    CHECK_THROWS_WITH_AS(load_nir(text.path()), doctest::Contains("not a readable NIR graph in HDF5"), InputError);
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {2});
    std::ifstream whole(b.finish({}), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(whole)), std::istreambuf_iterator<char>());
    for (const std::size_t length : {std::size_t{0}, bytes.size() / 3, bytes.size() - 1}) {
      const TemporaryFile part(".nir", bytes.substr(0, length));
      CHECK_THROWS_AS(load_nir(part.path()), InputError);
    }
    CHECK_THROWS_WITH_AS(load_nir("/nowhere.nir"), doctest::Contains("no such file"), InputError);
  }

  TEST_CASE("input comes from events and arrays") {
    const TemporaryFile csv(".csv", "time,channel,value\n0,1,1\n0.002,0,2.5\n0.002,0,1\n0.001,1\n");
    const auto steps = load_spike_input(csv.path(), {2, 1e-3, 0, 1});
    REQUIRE(steps.size() == 3);
    CHECK(steps[0] == std::vector<double>{0, 1});
    CHECK(steps[1] == std::vector<double>{0, 1});
    CHECK(steps[2] == std::vector<double>{3.5, 0});
    const TemporaryFile wrong(".csv", "0,1,1\n0,2,1\n");
    CHECK_THROWS_WITH_AS(load_spike_input(wrong.path(), {2, 1e-3, 0, 1}), doctest::Contains(":2: channel 2"), InputError);
    std::string npy("\x93NUMPY\x01\x00", 8);
    std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";
    header.resize(118, ' ');
    npy += static_cast<char>(header.size());
    npy += std::string(1, '\0') + header + std::string("\x01\x00\x02\x00\x00\x03", 6);
    const TemporaryFile array(".npy", npy);
    CHECK(load_spike_input(array.path(), {3, 1e-3, 0, 1})[1] == std::vector<double>{0, 0, 3});
    const TemporaryFile cut(".npy", npy.substr(0, npy.size() - 1));
    CHECK_THROWS_AS(load_spike_input(cut.path(), {3, 1e-3, 0, 1}), InputError);
    CHECK_THROWS_AS(load_spike_input(array.path(), {2, 1e-3, 0, 1}), InputError);
    double spikes = 0;
    for (const auto& step : load_spike_input("poisson:100", {50, 1e-3, 1000, 3}))
      for (const double x : step)
        spikes += x;
    CHECK(std::abs(spikes - 5000) < 5 * std::sqrt(5000.0)); // five standard deviations
  }
}

TEST_SUITE("system") {
  TEST_CASE("chips compute what the equations say, within the bound") {
    const NirNetwork network = small_network();
    const InputSteps input = load_spike_input("poisson:200", {72, 1e-3, 60, 9});
    for (const char* name : {"loihi", "loihi2", "spinnaker2"}) {
      CAPTURE(name);
      const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", name, "machine")));
      const auto held = mappings::hold_nir(chip, network);
      const auto held_input = mappings::hold_input(chip, held, input);
      const hw::Program program = mappings::make_nir_program(chip, held);
      mappings::NirValues values(program, held, held_input);
      const auto system = hw::run_system(chip, program, Corner::nominal, values, 60, 60);
      const NirRun reference = run_reference(held.network, held_input);
      CHECK(values.result().spikes == reference.spikes);
      std::size_t fired = 0;
      for (std::size_t p = 0; p < reference.state.size(); ++p) {
        const double bound = mappings::state_bound(held, static_cast<int>(p), 60) + 1e-12;
        for (std::size_t t = 0; t < reference.state[p].size(); ++t) {
          fired += reference.spikes[p][t].size();
          for (std::size_t i = 0; i < reference.state[p][t].size(); ++i)
            CHECK(std::abs(reference.state[p][t][i] - values.result().state[p][t][i]) <= bound);
        }
      }
      CHECK(fired > 100);
      CHECK(system.steps.size() == 60);
    }
  }

  TEST_CASE("what a chip cannot hold is named with its limit") {
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "truenorth", "machine")));
    CHECK_THROWS_WITH_AS(mappings::hold_nir(chip, small_network()), doctest::Contains("node 'cuba': CubaLIF neurons"), InputError);
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {300});
    b.node("w", "Linear").numbers("weight", std::vector<double>(300, 1), {1, 300});
    b.lif("lif", 1, 0.01, 1, 1);
    b.node("out", "Output").numbers("shape", {1});
    const NirNetwork wide = network_of(b, {{"in", "w"}, {"w", "lif"}, {"lif", "out"}});
    CHECK_THROWS_WITH_AS(mappings::make_nir_program(chip, mappings::hold_nir(chip, wide)),
                         doctest::Contains("300 entries of fan-in needed, 256 held, 44 too many"), InputError);
    NirBuilder graded;
    graded.node("in", "Input").numbers("shape", {1});
    graded.lif("lif", 1, 0.01, 1, 1);
    graded.node("out", "Output").numbers("shape", {1});
    const auto held = mappings::hold_nir(chip, network_of(graded, {{"in", "lif"}, {"lif", "out"}}));
    CHECK_THROWS_WITH_AS(mappings::hold_input(chip, held, {{0.5}}), doctest::Contains("spikes of one bit only"), InputError);
  }

  TEST_CASE("a state that outgrows the accumulator stops at its end") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("w", "Linear").numbers("weight", {100}, {1, 1});
    b.node("i", "I").numbers("r", {1000}); // adds 100 a step
    b.node("out", "Output").numbers("shape", {1});
    hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi", "machine")));
    chip.accumulator_bits = 12;
    const auto held = mappings::hold_nir(chip, network_of(b, {{"in", "w"}, {"w", "i"}, {"i", "out"}}));
    const double end = std::ldexp(2047, -held.fraction_bits);
    const auto steps = static_cast<std::size_t>(end / 100) + 10;
    const InputSteps input = constant(steps, {1});
    const hw::Program program = mappings::make_nir_program(chip, held);
    mappings::NirValues values(program, held, input);
    hw::run_system(chip, program, Corner::nominal, values, static_cast<std::int64_t>(steps), static_cast<std::int64_t>(steps));
    const auto& state = values.result().state[index_of(held.network, "i")];
    for (std::size_t t = 0; t < steps; ++t) // the input of step t counts in step t + 1
      CHECK(state[t][0] == doctest::Approx(std::min(100.0 * static_cast<double>(t), end)));
    CHECK(values.clipped() == 10 - 1);
  }

  TEST_CASE("a fan-out beyond the chip is named with its limit") {
    NirBuilder b;
    b.node("in", "Input").numbers("shape", {1});
    b.node("w", "Linear").numbers("weight", {1}, {1, 1});
    b.lif("lif", 1, 0.01, 1, 1);
    b.node("out", "Output").numbers("shape", {1});
    hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi", "machine")));
    const auto held = mappings::hold_nir(chip, network_of(b, {{"in", "w"}, {"w", "lif"}, {"lif", "out"}}));
    chip.memory.fan_out.value = 0;
    CHECK_THROWS_WITH_AS(mappings::make_nir_program(chip, held),
                         doctest::Contains("population 'in', core 0 of chip 0: 1 entries of fan-out needed, 0 held, 1 too many"),
                         InputError);
  }
}
