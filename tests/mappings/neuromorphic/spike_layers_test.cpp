// Layers known by their shapes: every weight that is not zero is an operation of every spike that it hears.
#include <doctest/doctest.h>

#include <rapidcheck.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/spike_layers.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

hw::Chip chip_of(const char* name) {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", name, "machine")));
}

/// Operations when every neuron of the first layer spikes once.
std::int64_t operations_of_all(const hw::Program& program) {
  std::int64_t operations = 0;
  for (const auto& core : program.cores)
    for (int a = core.first_axon; a < core.first_axon + core.axons; ++a) {
      const auto& range = program.axons[static_cast<std::size_t>(a)];
      for (const int member : program.groups[static_cast<std::size_t>(range.group)].members) {
        const auto& table =
            program.tables[static_cast<std::size_t>(program.cores[static_cast<std::size_t>(member)].first_table)];
        for (int n = 0; n < range.count; ++n)
          operations += table.sparse->operations(static_cast<std::size_t>(range.first_row + n - table.first_row));
      }
    }
  return operations;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("a convolution's operations are its taps inside the image, however it is cut") {
    const hw::Chip chip = chip_of("loihi2");
    CHECK(rc::check([&] {
      const int channels = *rc::gen::inRange(1, 4), height = *rc::gen::inRange(1, 9), width = *rc::gen::inRange(1, 9),
                kernel = *rc::gen::inRange(1, 4), down = *rc::gen::inRange(1, 4), across = *rc::gen::inRange(1, 4),
                pad_down = *rc::gen::inRange(0, kernel), pad_across = *rc::gen::inRange(0, kernel), out = *rc::gen::inRange(1, 4);
      RC_PRE(height + 2 * pad_down >= kernel && width + 2 * pad_across >= kernel);
      const int high = (height + 2 * pad_down - kernel) / down + 1, wide = (width + 2 * pad_across - kernel) / across + 1;
      const std::vector<SpikeLayer> layers = {
          {"in", channels, height, width, 0, 1, 1, 0, 0, *rc::gen::inRange(1, 5), 1, 1, {}},
          {"out", out, high, wide, kernel, down, across, pad_down, pad_across, *rc::gen::inRange(1, 5), 1, 1, {}}};
      const hw::Program program = make_spike_layers(chip, "test", layers);
      std::int64_t taps = 0;
      for (int y = 0; y < high; ++y)
        for (int x = 0; x < wide; ++x)
          for (int i = 0; i < kernel; ++i)
            for (int j = 0; j < kernel; ++j) {
              const int row = y * down + i - pad_down, column = x * across + j - pad_across;
              taps += row >= 0 && row < height && column >= 0 && column < width;
            }
      RC_ASSERT(operations_of_all(program) == taps * channels * out);
    }));
  }

  TEST_CASE("zero weights take their share of operations away, whole ones per core") {
    const hw::Chip chip = chip_of("loihi2");
    CHECK(rc::check([&] {
      const double density = *rc::gen::inRange(1, 101) / 100.0;
      const int inputs = *rc::gen::inRange(1, 200), outputs = *rc::gen::inRange(1, 200);
      const int cores = std::min(outputs, *rc::gen::inRange(1, 9));
      const std::vector<SpikeLayer> layers = {{"in", inputs, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, {}},
                                              {"out", outputs, 1, 1, 0, 1, 1, 0, 0, 0, cores, density, {}}};
      const auto operations = static_cast<double>(operations_of_all(make_spike_layers(chip, "test", layers)));
      RC_ASSERT(operations <= density * inputs * outputs + 1e-6);
      RC_ASSERT(operations > density * inputs * outputs - cores - 1e-6);
    }));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a step's spikes are spread evenly, and steps repeat") {
    const hw::Chip chip = chip_of("loihi2");
    const std::vector<SpikeLayer> layers = {{"in", 10, 1, 10, 0, 1, 1, 0, 0, 4, 1, 1, {7, 100}},
                                            {"out", 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, {}}};
    const hw::Program program = make_spike_layers(chip, "test", layers);
    LayerActivity activity(program, layers);
    for (const std::int64_t step : {0, 1, 2, 3}) {
      std::size_t spikes = 0;
      for (int core = 0; core < 3; ++core) {
        hw::Firing firing;
        activity.run(core, step, firing);
        spikes += firing.neuron.size();
        CHECK(firing.neuron.size() >= (step % 2 == 0 ? 1 : 20));
      }
      CHECK(spikes == (step % 2 == 0 ? 7 : 100));
    }
  }

  TEST_CASE("what a chip cannot hold is refused") {
    const std::vector<SpikeLayer> layers = {{"in", 3000, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, {}},
                                            {"out", 100, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, {}}};
    CHECK_THROWS_AS(make_spike_layers(chip_of("loihi"), "test", layers), InputError);
  }
}
