// The kernel list of a layer: what is in it, and that its traffic and operations are the layer's.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

#include "hw/gpu/description.hpp"
#include "mappings/gpu/lower.hpp"

using namespace moesaic;
using namespace moesaic::mappings::gpu;

static hw::gpu::Constants h200() {
  return hw::gpu::read_description(Document::load(catalog_file("hw/catalog", "h200", "machine")))
      .constants(0);
}

static std::string names(const hw::gpu::Program& program) {
  std::string text;
  for (const auto& kernel : program)
    text += std::string(kernel.name) + "; ";
  return text;
}

static const LayerShape deepseek{7168, 2048, 256, 1};

TEST_SUITE("unit") {
  TEST_CASE("kernels of a layer, in order") {
    LowerOptions options;
    options.precision = hw::gpu::Precision::fp8_block;
    const auto load = slowest_rank(std::vector<int>(256, 4), 1, 128, 8);
    CHECK(names(lower(deepseek, load, h200(), options)) ==
          "router; top-k; permute; quantise; gate and up; activation; quantise inner; down; combine; shared "
          "quantise; "
          "shared gate and up; shared activation; shared quantise inner; shared down; ");
    options.precision = hw::gpu::Precision::bf16;
    options.router = false;
    CHECK(names(lower({4096, 14336, 8, 0}, load, h200(), options)) ==
          "top-k; permute; gate and up; activation; down; combine; ");
  }

  TEST_CASE("weights of touched experts alone are read, once") {
    LowerOptions options;
    options.precision = hw::gpu::Precision::fp8;
    std::vector<int> rows(256, 0);
    rows[3] = rows[77] = 1;
    auto c = h200();
    c.stream_share = 0;
    const LayerShape shape{7168, 2048, 256, 0};
    options.router = false;
    const auto cost = program_cost(lower(shape, slowest_rank(rows, 1, 1, 2), c, options), c);
    CHECK(cost.bytes == 2 * 3 * 7168. * 2048);
    CHECK(cost.operations == 2 * 2 * 3 * 7168. * 2048);
  }

  TEST_CASE("operations of a whole layer: six per weight and row, shared experts and router included") {
    LowerOptions options;
    const auto load = slowest_rank(std::vector<int>(256, 512), 1, 16384, 8);
    const auto cost = program_cost(lower(deepseek, load, h200(), options), h200());
    CHECK(cost.operations == doctest::Approx(16384 * (9 * 6. * 7168 * 2048 + 2. * 7168 * 256)));
  }

  TEST_CASE("only a repeated layer that is small finds its weights in the cache") {
    LowerOptions options;
    const auto load = slowest_rank(std::vector<int>{1, 0, 0, 0}, 1, 1, 1);
    const LayerShape small{2048, 768, 128, 0};
    options.repeated = true;
    const auto warm = program_cost(lower(small, load, h200(), options), h200());
    options.repeated = false;
    const auto cold = program_cost(lower(small, load, h200(), options), h200());
    CHECK(warm.bytes < cold.bytes);
    CHECK(warm.seconds < cold.seconds);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("no more than all weights stay in the cache, whatever an interval's end says") {
    auto c = h200();
    c.stream_share = 0, c.l2_retention = 1.5;
    LowerOptions options;
    options.repeated = true, options.router = false;
    const auto load = slowest_rank(std::vector<int>{1, 0, 0, 0}, 1, 1, 1);
    CHECK(program_cost(lower({512, 256, 4, 0}, load, c, options), c).bytes >= 0);
  }
}

TEST_SUITE("property") {
  TEST_CASE("time grows with tokens, at every precision") {
    const auto c = h200();
    for (int p = 0; p < 5; ++p) {
      double before = 0;
      for (int tokens = 16; tokens <= 16384; tokens *= 2) {
        LowerOptions options;
        options.precision = static_cast<hw::gpu::Precision>(p);
        const auto load = slowest_rank(std::vector<int>(256, tokens / 16), 1, tokens, 16);
        const double seconds = program_cost(lower(deepseek, load, c, options), c).seconds;
        CHECK(seconds > before);
        before = seconds;
      }
    }
  }

  TEST_CASE("no catalog GPU, engine, corner or shape beats the roofline or the power limit") {
    std::vector<std::pair<std::string, hw::gpu::Constants>> gpus;
    for (const auto& name : catalog_names("hw/catalog")) {
      const Document document = Document::load(catalog_file("hw/catalog", name, "machine"));
      if (document.root().at("kind").text() != "gpu")
        continue;
      const auto gpu = hw::gpu::read_description(document);
      for (std::size_t engine = 0; engine < gpu.engines.size(); ++engine)
        for (const Corner corner : {Corner::fast, Corner::nominal, Corner::slow})
          gpus.emplace_back(name + " " + gpu.engines[engine], gpu.constants(engine, corner));
    }
    rc::check([&] {
      const auto& [name, c] = *rc::gen::elementOf(gpus);
      const int experts = 8 << *rc::gen::inRange(0, 7), tokens = 1 << *rc::gen::inRange(0, 17);
      const double hidden = 1024 << *rc::gen::inRange(0, 5), ffn = 256 << *rc::gen::inRange(0, 7);
      LowerOptions options;
      options.precision = *rc::gen::element(hw::gpu::Precision::bf16, hw::gpu::Precision::fp8,
                                            hw::gpu::Precision::fp8_block, hw::gpu::Precision::int4);
      const bool fp8 =
          options.precision == hw::gpu::Precision::fp8 || options.precision == hw::gpu::Precision::fp8_block;
      RC_PRE(!fp8 || c.fp8_rate > 0);
      std::vector<int> rows(static_cast<std::size_t>(experts));
      for (int slot = 0; slot < tokens * 2; ++slot)
        ++rows[static_cast<std::size_t>(slot % experts)];
      const LayerShape shape{hidden, ffn, double(experts), 0};
      const int most_ranks = c.nvlink == 0 ? 0 : c.network == 0 ? 3 : 7; // as a power of two
      const Group group{1 << *rc::gen::inRange(0, most_ranks + 1), 0};
      RC_PRE(group.ranks <= experts);
      options.ranks = group.ranks;
      const auto loads = group_loads(rows, group, tokens, 2);
      const auto& load = loads[static_cast<std::size_t>(*rc::gen::inRange(0, group.ranks))];
      const auto cost = program_cost(lower(shape, load, c, options), c);
      const double scatter = c.layer_scatter; // of measured layers: fast corners scale every time by it
      RC_ASSERT(cost.seconds >= scatter * cost.bytes / c.memory_bandwidth);
      RC_ASSERT(cost.seconds >= scatter * cost.operations / (fp8 ? c.fp8_rate : c.bf16_rate));
      RC_ASSERT(cost.joules <= c.power_limit * cost.seconds * (1 + 1e-12));
      RC_ASSERT(cost.joules >= c.idle_power * cost.seconds);
    });
  }
}
