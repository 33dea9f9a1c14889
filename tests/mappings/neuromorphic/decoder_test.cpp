// A decoder model on chips that hold it whole: sizes by hand, and products that use every weight once.
#include <doctest/doctest.h>

#include <numeric>

#include "description/error.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/decoder_cards.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

hw::Chip northpole() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "northpole", "machine")));
}

DecoderModel model(int cache_bits, int users) {
  return {"model", 3, 4096, 14336, 1024, 49152, 2048, users, 4, cache_bits, 2};
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("a layer and its users' caches lie on one chip where they fit, else on two") {
    const double weights = (4096.0 * (4096 + 2048) + 4096 * 4096 + 3.0 * 4096 * 14336) / 2;
    const double caches = 28 * 2048 * 2048.0 / 2;
    const auto one = decoder_chips(northpole(), model(4, 28));
    REQUIRE(one.size() == 2);
    CHECK(one[0].count == 3);
    CHECK(one[0].products.size() == 6);
    CHECK(one[0].bytes == weights + caches);
    CHECK(one[1].count == 2);
    CHECK(one[1].bytes == 4096.0 * 49152 / 2 / 2);
    const auto two = decoder_chips(northpole(), model(8, 28));
    REQUIRE(two.size() == 3);
    CHECK(two[0].bytes + two[1].bytes == weights + 2 * caches);
    CHECK_THROWS_AS(decoder_chips(northpole(), model(8, 1000)), InputError);
  }

  TEST_CASE("a product uses every weight once, and takes the time of reading them") {
    const hw::Chip chip = northpole();
    for (const int bits : {4, 8}) {
      const ChipProduct product{"product", 512, 255 * 200, bits};
      const hw::Program program = product_program(chip, product);
      hw::ScriptedActivity activity(program, {});
      const auto run = hw::run_system(chip, program, Corner::nominal, activity, 1);
      CHECK(run.counts.operations() == 512u * 255 * 200);
      const double least = 512.0 * 200 * bits / 8 / chip.weight_bandwidth->value;
      const double work = static_cast<double>(run.steps[0].work) * 1e-12;
      CHECK(work >= 0.999 * least);
      CHECK(work <= least + 100e-9); // the first activation's way through soma and mesh
    }
  }
}
