// Convolutions whose weights a core holds once: the same results to the bit, and what they take of its memory.
#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <set>

#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "mappings/neuromorphic/nir_tables.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"
#include "workloads/spike_input.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

hw::Chip loihi2() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
}

struct Shape {
  int in = 1, out = 1, side = 6, kernel = 3, stride = 1, padding = 0, groups = 1;
  int result() const { return (side + 2 * padding - kernel) / stride + 1; }
};

/// in -> conv -> `cells` -> out; `r`: of its neurons by turns.
NirNetwork convolution(const Shape& s, const char* cells, const std::vector<double>& r, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto d = [](int x) { return static_cast<double>(x); };
  const auto h = [](int x) { return static_cast<hsize_t>(x); };
  NirBuilder b;
  b.node("in", "Input").numbers("shape", {d(s.in), d(s.side), d(s.side)});
  std::vector<double> weight = draw(random, s.out * s.in / s.groups * s.kernel * s.kernel, 1);
  for (double& w : weight)
    w += w < 0 ? -0.1 : 0.1; // none rounds to 0
  b.node("conv", "Conv2d").numbers("weight", weight, {h(s.out), h(s.in / s.groups), h(s.kernel), h(s.kernel)});
  b.numbers("stride", {d(s.stride)}).numbers("padding", {d(s.padding)}).numbers("groups", {d(s.groups)});
  const int size = s.out * s.result() * s.result();
  std::vector<double> gains, one(static_cast<std::size_t>(size), 0.5);
  for (int n = 0; n < size; ++n)
    gains.push_back(r[static_cast<std::size_t>(n) % r.size()]);
  b.node("cells", cells).numbers("r", gains);
  if (std::string(cells) == "IF")
    b.numbers("v_threshold", one);
  b.node("out", "Output").numbers("shape", {d(size)});
  return network_of(b, {{"in", "conv"}, {"conv", "cells"}, {"cells", "out"}});
}

NirRun run_on(const hw::Chip& chip, const mappings::HeldNir& held, const InputSteps& input, hw::CoreCounts* counts = nullptr) {
  const hw::Program program = mappings::make_nir_program(chip, held);
  mappings::NirValues values(program, held, input);
  const auto system = hw::run_system(chip, program, Corner::nominal, values, static_cast<std::int64_t>(input.size()));
  if (counts)
    *counts = system.counts;
  return values.result();
}

std::int64_t synapse_bytes(const hw::Chip& chip, const hw::Program& program) {
  std::int64_t bytes = 0;
  for (const auto& core : program.cores)
    bytes += hw::memory_use(chip, program, core).synapses;
  return bytes;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a core holds the weights of its channels once") {
    const hw::Chip chip = loihi2();
    const Shape shape{2, 5, 8, 3, 1, 1, 1};
    const auto held = mappings::hold_nir(chip, convolution(shape, "IF", {1000}, 1));
    const hw::Program program = mappings::make_nir_program(chip, held);
    REQUIRE(program.tables.size() == 1);
    CHECK(program.tables[0].format == hw::SynapseFormat::convolution);
    CHECK(synapse_bytes(chip, program) == 5 * 2 * 3 * 3); // one byte each
    hw::Chip plain = chip;
    plain.memory.convolution = false;
    const hw::Program sparse = mappings::make_nir_program(plain, held);
    CHECK(sparse.tables[0].format == hw::SynapseFormat::sparse);
    // Of 8 x 8 places, a 3 x 3 window sees all 9 but at the border: 22 x 22 pairs of places. 20 bits each.
    CHECK(synapse_bytes(plain, sparse) == 5 * 2 * 22 * 22 * 20 / 8);
    CHECK(program.tables[0].sparse->column.size() < sparse.tables[0].sparse->column.size() / 2);
  }

  TEST_CASE("weights that differ within a channel are not shared") {
    const hw::Chip chip = loihi2();
    const Shape shape{1, 2, 6, 3, 1, 0, 1};
    const auto format = [&](const std::vector<double>& r) {
      return mappings::make_nir_program(chip, mappings::hold_nir(chip, convolution(shape, "IF", r, 2))).tables[0].format;
    };
    CHECK(format({1000}) == hw::SynapseFormat::convolution);
    CHECK(format({1000, 900, 1000}) == hw::SynapseFormat::sparse);
  }

  TEST_CASE("rows that are alike share their entries") {
    hw::SparseRows rows{{0, 2, 2, 4, 6}, {}, {3, 1, 9, 7, 4, 3}, {}};
    hw::Weights weights{{5, 6, 5, 6, 5, 6}};
    mappings::share_rows(rows, weights);
    CHECK(rows.column == std::vector<std::uint16_t>{2, 0, 1, 0});
    CHECK(weights.value == std::vector<std::int8_t>{5, 6, 5, 6});
    CHECK(rows.base == std::vector<std::uint16_t>{1, 0, 7, 3});
    for (const auto& [row, count] : {std::pair<std::size_t, int>{0, 2}, {1, 0}, {2, 2}, {3, 2}})
      CHECK(rows.operations(row) == count);
    CHECK(rows.begin[0] == rows.begin[2]);
  }
}

TEST_SUITE("property") {
  TEST_CASE("shared and own weights give the same bits and the same operations") {
    const auto pass = rc::check([] {
      Shape s;
      s.groups = *rc::gen::inRange(1, 3);
      s.in = s.groups * *rc::gen::inRange(1, 3);
      s.out = s.groups * *rc::gen::inRange(1, 4);
      s.kernel = *rc::gen::inRange(1, 4);
      s.side = *rc::gen::inRange(4, 8);
      s.stride = *rc::gen::inRange(1, 3);
      s.padding = *rc::gen::inRange(0, s.kernel);
      const bool spiking = *rc::gen::arbitrary<bool>();
      const auto seed = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000));
      hw::Chip chip = loihi2();
      chip.memory.neurons.value = *rc::gen::inRange(7, 200); // cuts through channels
      const auto held = mappings::hold_nir(chip, convolution(s, spiking ? "IF" : "I", {1000}, seed));
      const auto input = mappings::hold_input(chip, held, load_spike_input("poisson:400", {s.in * s.side * s.side, 1e-3, 12, seed}));
      hw::Chip plain = chip;
      plain.memory.convolution = false;
      hw::CoreCounts shared_counts, own_counts;
      const NirRun shared = run_on(chip, held, input, &shared_counts), own = run_on(plain, held, input, &own_counts);
      RC_ASSERT(shared.spikes == own.spikes);
      RC_ASSERT(shared.state == own.state);
      RC_ASSERT(shared_counts.operations() == own_counts.operations());
    });
    CHECK(pass);
  }
}
