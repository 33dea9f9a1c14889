// How fast DeepSeek-V3's router runs on one core: given logits, a million tokens.
#include <benchmark/benchmark.h>

#include "workloads/random.hpp"
#include "workloads/routing.hpp"

using namespace moesaic::workloads;

static void route_a_million_tokens(benchmark::State& state) {
  const MoeLayer layer = load_moe_layer("deepseek-v3");
  const int batch = 1 << 14, batches = 62; // 1,015,808 tokens; one batch's logits are 16 MiB
  Random random(1);
  std::vector<float> logits(static_cast<std::size_t>(batch) * 256), bias(256);
  for (float& l : logits)
    l = static_cast<float>(random.normal());
  for (float& b : bias)
    b = static_cast<float>(0.05 * random.normal());
  for (auto _ : state)
    for (int i = 0; i < batches; ++i)
      benchmark::DoNotOptimize(route(layer.router, layer.routed, batch, logits, bias).expert.data());
  state.SetItemsProcessed(state.iterations() * batch * batches);
}
BENCHMARK(route_a_million_tokens)->Unit(benchmark::kSecond)->Iterations(1);

static void trace_of_many_tokens(benchmark::State& state) {
  const MoeLayer layer = load_moe_layer("deepseek-v3");
  const int tokens = 1 << 17;
  for (auto _ : state)
    benchmark::DoNotOptimize(make_trace(layer, tokens, 1).expert.data());
  state.SetItemsProcessed(state.iterations() * tokens);
}
BENCHMARK(trace_of_many_tokens)->Unit(benchmark::kSecond)->Iterations(1);

BENCHMARK_MAIN();
