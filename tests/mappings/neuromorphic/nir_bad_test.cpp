// Bad NIR graphs: refused by node and edge, and nothing but refused.
#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>

#include "description/error.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

const Edges line{{"in", "w"}, {"w", "lif"}, {"lif", "out"}};

/// in(2) -> w -> lif(2) -> out, with `w` as given.
NirBuilder& around(NirBuilder& b, const std::function<void(NirBuilder&)>& w) {
  b.node("in", "Input").numbers("shape", {2});
  w(b);
  b.lif("lif", 2, 0.01, 1, 1);
  b.node("out", "Output").numbers("shape", {2});
  return b;
}

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

void refused(const std::string& part, const std::function<void(NirBuilder&)>& w, const Edges& edges = line) {
  NirBuilder b;
  const std::string text = error_of([&] { network_of(around(b, w), edges); });
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("parameters of the wrong type or size are refused by node") {
    refused("node 'w' (Linear): has no numbers 'weight'", [](NirBuilder& b) { b.node("w", "Linear").text("weight", "many"); });
    refused("node 'w' (Linear): has no numbers 'weight'", [](NirBuilder& b) { b.node("w", "Linear"); });
    refused("node 'w' (Linear): 'weight' takes", [](NirBuilder& b) { b.node("w", "Linear").numbers("weight", {1, 2}); });
    refused("node 'w': 'weight' holds inf at position 1",
            [](NirBuilder& b) { b.node("w", "Linear").numbers("weight", {1, HUGE_VAL, 1, 1}, {2, 2}); });
    refused("node 'w' (Affine): 'bias' has 3 values, expected 2",
            [](NirBuilder& b) { b.node("w", "Affine").numbers("weight", {1, 1, 1, 1}, {2, 2}).numbers("bias", {1, 2, 3}); });
    refused("node 'w' (Delay): a delay of -1 s", [](NirBuilder& b) { b.node("w", "Delay").numbers("delay", {-1, 0}); });
    refused("node 'w' (Delay): 'delay' has 3 values, expected 2", [](NirBuilder& b) { b.node("w", "Delay").numbers("delay", {0, 0, 0}); });
    refused("node 'w' (Conv2d): needs an input of channels x height x width, got 1 dimensions",
            [](NirBuilder& b) { b.node("w", "Conv2d").numbers("weight", {1}, {1, 1, 1, 1}); });
    refused("node 'w' (Conv2d): needs an input", [](NirBuilder& b) { b.node("w", "Conv2d").numbers("weight", {1}, {1}); });
    refused("node 'w': 'type' holds 2 texts", [](NirBuilder& b) { b.bare("w").texts("type", {"Linear", "Affine"}); });
    refused("node 'w': has no 'type' text", [](NirBuilder& b) { b.bare("w").numbers("type", {1}); });
    refused("node 'w': has no 'type' text", [](NirBuilder& b) { b.bare("w"); });
    refused("node 'odd': is no group", [](NirBuilder& b) {
      b.node("w", "Linear").numbers("weight", {1, 0, 0, 1}, {2, 2});
      b.stray("odd");
    });
  }

  TEST_CASE("edges that make no sense are refused by their ends") {
    const auto plain = [](NirBuilder& b) { b.node("w", "Linear").numbers("weight", {1, 0, 0, 1}, {2, 2}); };
    refused("edge 'in' -> 'w' stands twice", plain, {{"in", "w"}, {"in", "w"}, {"w", "lif"}, {"lif", "out"}});
    refused("a cycle with no neuron in it: 'w' -> 'v' -> 'w'",
            [&](NirBuilder& b) {
              plain(b);
              b.node("v", "Scale").numbers("scale", {2, 2});
            },
            {{"in", "w"}, {"w", "v"}, {"v", "w"}, {"w", "lif"}, {"lif", "out"}});
    refused("there is no node 'lif/x'", plain, {{"in", "w"}, {"w", "lif/x"}, {"lif", "out"}});
    refused("node 'lif' (LIF): 'r' has 2 values, its input 3",
            [](NirBuilder& b) { b.node("w", "Linear").numbers("weight", std::vector<double>(6, 1), {3, 2}); });
    refused("node 'out' (Output): is declared for 2 values, got 3",
            [](NirBuilder& b) { b.node("w", "Linear").numbers("weight", std::vector<double>(6, 1), {3, 2}); },
            {{"in", "w"}, {"w", "out"}, {"in", "lif"}});
  }

  TEST_CASE("images that do not fit, and ones without end, are refused") {
    const auto conv = [](const std::vector<double>& shape, const std::vector<hsize_t>& weight, double stride, double padding) {
      NirBuilder b;
      b.node("in", "Input").numbers("shape", shape);
      hsize_t size = 1;
      for (const hsize_t side : weight)
        size *= side;
      b.node("w", "Conv2d").numbers("weight", std::vector<double>(size, 1), weight).numbers("stride", {stride}).numbers("padding", {padding});
      b.node("out", "Output");
      return error_of([&] { network_of(b, {{"in", "w"}, {"w", "out"}}); });
    };
    const auto holds = [](const std::string& text, const char* part) {
      CAPTURE(text);
      CHECK(text.find(part) != std::string::npos);
    };
    CHECK(conv({1, 4, 4}, {1, 1, 4, 4}, 1, 0) == "");
    holds(conv({1, 4, 4}, {1, 1, 5, 5}, 1, 0), "node 'w' (Conv2d): its window does not fit an input of 4 x 4");
    holds(conv({1, 4, 4}, {1, 1, 5, 5}, 9, 0), "node 'w' (Conv2d): its window does not fit an input of 4 x 4"); // whatever its stride
    holds(conv({3, 4, 4}, {1, 1, 2, 2}, 1, 0), "weights for 1 channels in 1 groups, got 3 channels");
    holds(conv({1, 4, 4}, {1, 1, 2, 2}, 0, 0), "'stride' must be whole numbers of 1 to 4096");
    holds(conv({1, 4, 4}, {1, 1, 2, 2}, 1.5, 0), "'stride' must be whole numbers of 1 to 4096");
    holds(conv({1, 4, 4}, {1, 1, 2, 2}, 1, -1), "'padding' must be whole numbers of 0 to 4096");
    holds(conv({1, 1024, 1024}, {16, 1, 9, 9}, 1, 0), "synapses, at most 1.34e+08 are held");
    holds(conv({-1, 4, 4}, {1, 1, 2, 2}, 1, 0), "node 'in' (Input): 'shape' must be sizes of at least 1");
  }

  TEST_CASE("numbers beyond a chip's states are refused by node and edge") {
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
    const auto held = [&](double weight, double threshold) {
      NirBuilder b;
      b.node("in", "Input").numbers("shape", {1});
      b.node("w", "Linear").numbers("weight", {weight}, {1, 1});
      b.lif("lif", 1, 0.01, 1, threshold);
      b.node("out", "Output").numbers("shape", {1});
      const NirNetwork network = network_of(b, line);
      return error_of([&] { mappings::hold_nir(chip, network); });
    };
    CHECK(held(100, 1) == "");
    CHECK(held(1e4, 1).find("edge 'in' -> 'lif': weights of up to 1e+04, where states of Intel Loihi 2 end at 512") != std::string::npos);
    CHECK(held(1, 1e300).find("node 'lif': a threshold, leak, reset or bias of 1e+300: states of Intel Loihi 2 have 32 bits") != std::string::npos);
  }
}

TEST_SUITE("property") {
  TEST_CASE("a graph with one parameter gone wrong is refused by node or edge, or is another graph") {
    struct Parameter {
      const char *node, *type, *key;
      std::vector<double> value;
      std::vector<hsize_t> shape;
    };
    const std::vector<double> ones(32, 1);
    const std::vector<Parameter> parameters{
        {"in", "Input", "shape", {1, 4, 4}, {3}},        {"conv", "Conv2d", "weight", std::vector<double>(18, 0.5), {2, 1, 3, 3}},
        {"conv", "", "bias", {0.5, 1}, {2}},             {"conv", "", "padding", {1, 1}, {2}},
        {"conv", "", "stride", {1, 1}, {2}},             {"conv", "", "dilation", {1, 1}, {2}},
        {"conv", "", "groups", {1}, {1}},                {"lif", "LIF", "tau", std::vector<double>(32, 0.01), {32}},
        {"lif", "", "r", ones, {2, 4, 4}},               {"lif", "", "v_threshold", ones, {32}},
        {"lif", "", "v_leak", {0}, {1}},                 {"pool", "SumPool2d", "kernel_size", {2, 2}, {2}},
        {"pool", "", "stride", {2, 2}, {2}},             {"pool", "", "padding", {0, 0}, {2}},
        {"wait", "Delay", "delay", {0.002}, {1}},        {"scale", "Scale", "scale", {0.5}, {1}},
        {"cuba", "CubaLIF", "tau_mem", {0.02}, {1}},     {"cuba", "", "tau_syn", {0.02}, {1}},
        {"cuba", "", "r", {1}, {1}},                     {"cuba", "", "v_leak", {0}, {1}},
        {"cuba", "", "v_threshold", {1}, {1}},           {"cuba", "", "w_in", {1}, {1}},
        {"out", "Output", "shape", {8}, {1}}};
    const hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
    const auto pass = rc::check([&] {
      static const std::vector<double> odd{0, -1, 0.5, 1, 3, 1e-300, 1e9, 1e300, HUGE_VAL, -HUGE_VAL, std::nan("")};
      const auto wrong = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(parameters.size())));
      NirBuilder b;
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Parameter& p = parameters[i];
        if (*p.type)
          b.node(p.node, p.type);
        auto value = p.value;
        auto shape = p.shape;
        if (i == wrong) {
          const bool other_shape = *rc::gen::inRange(0, 3) == 0;
          if (other_shape)
            shape = *rc::gen::container<std::vector<hsize_t>>(static_cast<std::size_t>(*rc::gen::inRange(1, 5)), rc::gen::inRange<hsize_t>(0, 4));
          hsize_t size = 1;
          for (const hsize_t side : shape)
            size *= side;
          value.resize(size, 1);
          if (size > 0)
            value[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(size)))] = *rc::gen::elementOf(odd);
        }
        b.numbers(p.key, value, shape);
      }
      try {
        const NirNetwork network = network_of(b, {{"in", "conv"}, {"conv", "lif"}, {"lif", "pool"}, {"pool", "wait"}, {"wait", "scale"},
                                                  {"scale", "cuba"}, {"cuba", "out"}});
        mappings::make_nir_program(chip, mappings::hold_nir(chip, network));
      } catch (const InputError& e) {
        const std::string text = e.what();
        RC_ASSERT(text.find("node '") != std::string::npos || text.find("edge '") != std::string::npos ||
                  text.find("population '") != std::string::npos);
      }
    });
    CHECK(pass);
  }

  TEST_CASE("a file cut anywhere is refused") {
    NirBuilder b;
    around(b, [](NirBuilder& w) { w.node("w", "Linear").numbers("weight", {1, 0, 0, 1}, {2, 2}); });
    const std::string whole = bytes_of(b.finish(line));
    const auto pass = rc::check([&] {
      const TemporaryFile file(".nir", whole.substr(0, static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(whole.size())))));
      const std::string text = error_of([&] { load_nir(file.path()); });
      RC_ASSERT(text.find(file.path()) != std::string::npos);
    });
    CHECK(pass);
  }
}
