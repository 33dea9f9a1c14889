// How fast the network is, in flit-hops a second of processor time: as a SystemC module, and the same code
// without SystemC. One flit-hop is one flit through one router. Statistics and link counts are on, as always.
#include <benchmark/benchmark.h>
#include <systemc>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "hw/noc/measurement.hpp"

using namespace moesaic::hw::noc;

int sc_main(int, char**) {
  return 0;
}

namespace {

NetworkConfig mesh(int side, int vcs, int depth, const char* pipeline) {
  NetworkConfig config{Topology::mesh(side, side)};
  config.virtual_channels = vcs;
  config.depth = depth;
  config.pipeline = Pipeline::named(pipeline);
  config.multicast = false;
  return config;
}

/// Uniform traffic that loads the middle of every mesh alike, 0.1 flits per node and cycle at 8 x 8; enough
/// cycles for about 2 million flit-hops.
Measurement run(const NetworkConfig& config, bool systemc, int packet = 1) {
  const Topology& grid = config.topology;
  const Pattern pattern(Pattern::uniform, grid);
  const double rate = 0.8 / grid.width();
  const auto traffic = bernoulli_traffic(grid, pattern, rate, packet, 0);
  MeasurementPlan plan;
  plan.warm_up = 100;
  plan.measure = static_cast<std::uint64_t>(2e6 / (rate * grid.routers() * 2.0 / 3.0 * grid.width())) + 100;
  plan.drain = 2000;
  if (systemc)
    return measure(config, *traffic, plan);
  Network network(config);
  return measure_bare(network, *traffic, plan);
}

void mesh_benchmark(benchmark::State& state, bool systemc, const char* pipeline) {
  const NetworkConfig config = mesh(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)),
                                    static_cast<int>(state.range(2)), pipeline);
  std::uint64_t hops = 0;
  for (auto _ : state)
    hops += run(config, systemc, static_cast<int>(state.range(3))).flit_hops;
  state.counters["flit-hops/s"] = benchmark::Counter(static_cast<double>(hops), benchmark::Counter::kIsRate);
}

double processor_seconds(const NetworkConfig& config, bool systemc) {
  const std::clock_t start = std::clock();
  run(config, systemc);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// The two in turn, the fastest of each: other load on the machine hits both alike.
void print_ratio(int side) {
  const NetworkConfig config = mesh(side, 1, 4, "rc0-spec");
  double with = 1e9, without = 1e9;
  for (int round = 0; round < 5; ++round) {
    with = std::min(with, processor_seconds(config, true));
    without = std::min(without, processor_seconds(config, false));
  }
  std::printf("%d x %d: SystemC takes %.2f times the same code without it\n", side, side, with / without);
}

} // namespace

BENCHMARK_CAPTURE(mesh_benchmark, fabric_rc0_spec, true, "rc0-spec")
    ->ArgNames({"side", "vcs", "depth", "packet"})
    ->Args({8, 1, 4, 1})
    ->Args({8, 1, 4, 4})
    ->Args({8, 4, 8, 1})
    ->Args({64, 1, 4, 1})
    ->Args({128, 1, 4, 1})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mesh_benchmark, fabric_default, true, "default")
    ->ArgNames({"side", "vcs", "depth", "packet"})
    ->Args({8, 1, 4, 1})
    ->Args({8, 4, 8, 1})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mesh_benchmark, bare_rc0_spec, false, "rc0-spec")
    ->ArgNames({"side", "vcs", "depth", "packet"})
    ->Args({8, 1, 4, 1})
    ->Args({64, 1, 4, 1})
    ->Unit(benchmark::kMillisecond);

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  print_ratio(8);
  print_ratio(64);
  return 0;
}
