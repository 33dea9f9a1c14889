// Layer evaluations per second on one core: routing load reduced, lowered and costed, as a sweep does.
#include <benchmark/benchmark.h>

#include "hw/gpu/description.hpp"
#include "mappings/gpu/lower.hpp"

using namespace moesaic;
using namespace moesaic::mappings::gpu;

static hw::gpu::Constants h200() {
  return hw::gpu::read_description(Document::load(catalog_file("hw/catalog", "h200", "machine")))
      .constants(0);
}

/// A DeepSeek-V3 layer of as many tokens as the argument, with loads of its own each time. Where the board
/// would draw more than its limit, the throttled clock is searched for: the slow case.
static void evaluate_layer(benchmark::State& state) {
  const auto c = h200();
  const int tokens = static_cast<int>(state.range(0));
  std::vector<int> rows(256);
  for (int slot = 0; slot < tokens * 8; ++slot)
    ++rows[static_cast<std::size_t>(slot) % rows.size()];
  LowerOptions options;
  options.precision = hw::gpu::Precision::fp8_block;
  std::size_t busiest = 0;
  for (auto _ : state) {
    std::swap(rows[busiest], rows[(busiest + 1) % rows.size()]);
    busiest = (busiest + 1) % rows.size();
    const auto load = slowest_rank(rows, 1, tokens, 8);
    benchmark::DoNotOptimize(program_cost(lower({7168, 2048, 256, 1}, load, c, options), c));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(evaluate_layer)->Arg(1)->Arg(128)->Arg(4096);

/// The same with the load reduced beforehand.
static void evaluate_shape(benchmark::State& state) {
  const auto c = h200();
  LowerOptions options;
  options.precision = hw::gpu::Precision::fp8_block;
  const double tokens = static_cast<double>(state.range(0)), touched = std::min(256.0, tokens * 8);
  RankLoad load{tokens, tokens * 8, 256, tokens * 8, touched, tokens * 8 + touched * 8};
  for (auto _ : state) {
    load.rows += 1;
    benchmark::DoNotOptimize(program_cost(lower({7168, 2048, 256, 1}, load, c, options), c));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(evaluate_shape)->Arg(1)->Arg(128)->Arg(4096);

BENCHMARK_MAIN();
