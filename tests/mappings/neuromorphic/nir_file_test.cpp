// NIR graphs and their input as files, bad ones included.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include "description/error.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"
#include "workloads/spike_input.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

TEST_SUITE("unit") {
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
    for (const char* nothing : {"", "\n\n", "time,channel,value\n"}) {
      const TemporaryFile empty(".csv", nothing);
      CHECK_THROWS_WITH_AS(load_spike_input(empty.path(), {2, 1e-3, 5, 1}), doctest::Contains("no event"), InputError);
    }
    CHECK(load_spike_input("poisson:0", {2, 1e-3, 5, 1}).size() == 5);
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
