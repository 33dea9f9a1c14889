// How fast a spiking network runs: a convolutional network of the shape and size of the DVS-gesture example (18,678
// neurons, 3.56 M synapses) on Loihi 2, read from a .nir file, with weights, states and every flit on the mesh simulated.
// One synaptic event is one weight added to one neuron's sum.
#include <benchmark/benchmark.h>
#include <systemc>

#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <random>
#include <sys/resource.h>
#include <unistd.h>

#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/nir_program.hpp"
#include "tests/mappings/neuromorphic/nir_builder.hpp"

using namespace moesaic;

int sc_main(int, char**) {
  return 0;
}

namespace {

constexpr std::int64_t steps = 200;
constexpr double rate = 0.014; // of spikes per neuron and step: about 50,000 synaptic events a step, as in that example

std::vector<double> draw(std::mt19937_64& random, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(static_cast<double>(random() % 191) - 63); // mean 32
  return values;
}

/// Neurons whose threshold were their fan-in times the mean weight would fire as often as their sources, if none of what
/// is beyond it were lost.
void neurons(NirBuilder& b, const std::string& name, int count, int fan_in) {
  const auto size = static_cast<std::size_t>(count);
  b.node(name, "IF").numbers("r", std::vector<double>(size, 1000));
  b.numbers("v_threshold", std::vector<double>(size, 25.0 * fan_in));
}

std::string write_network(NirBuilder& b) {
  std::mt19937_64 random(3);
  std::vector<std::pair<std::string, std::string>> edges;
  b.node("in", "Input").numbers("shape", {1, 32, 32});
  std::string last = "in";
  const struct { int from, to, side, stride; } layers[] = {{1, 16, 15, 2}, {16, 32, 13, 1}, {32, 64, 11, 1}, {64, 11, 9, 1}};
  int n = 0;
  for (const auto& layer : layers) {
    const std::string conv = "conv" + std::to_string(++n), cells = "if" + std::to_string(n);
    b.node(conv, "Conv2d").numbers("weight", draw(random, static_cast<std::size_t>(layer.to * layer.from * 9)),
                                   {static_cast<hsize_t>(layer.to), static_cast<hsize_t>(layer.from), 3, 3});
    b.numbers("stride", {static_cast<double>(layer.stride)}).numbers("padding", {0});
    neurons(b, cells, layer.to * layer.side * layer.side, 9 * layer.from);
    edges.insert(edges.end(), {{last, conv}, {conv, cells}});
    last = cells;
  }
  b.node("flat", "Flatten").numbers("start_dim", {0}).numbers("end_dim", {-1});
  b.node("dense", "Linear").numbers("weight", draw(random, 11 * 891), {11, 891});
  neurons(b, "if5", 11, 891);
  b.node("out", "Output").numbers("shape", {11});
  edges.insert(edges.end(), {{last, "flat"}, {"flat", "dense"}, {"dense", "if5"}, {"if5", "out"}});
  return b.finish(edges);
}

double resident_bytes() {
  malloc_trim(0);
  double pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Of this process and of the children that it has waited for: the file is read in one.
double processor_seconds() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    getrusage(who, &used);
    for (const timeval& time : {used.ru_utime, used.ru_stime})
      seconds += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return seconds;
}

struct Loaded {
  hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
  mappings::HeldNir held;
  hw::Program program;
  double seconds = 0, bytes = 0, synapses = 0, neurons = 0;
};

/// From the file to a program that is ready to run. The network's matrices in double precision are then dropped: what runs
/// are the program's tables.
const Loaded& loaded() {
  static std::unique_ptr<Loaded> load;
  if (load)
    return *load;
  NirBuilder builder;
  const std::string file = write_network(builder);
  load = std::make_unique<Loaded>();
  const double before = resident_bytes();
  const double start = processor_seconds();
  load->held = mappings::hold_nir(load->chip, workloads::make_network(workloads::load_nir(file), 1e-3));
  load->program = mappings::make_nir_program(load->chip, load->held);
  load->seconds = processor_seconds() - start;
  for (auto& connection : load->held.network.connections)
    connection.weight = workloads::SynapseMatrix();
  load->bytes = resident_bytes() - before;
  for (const auto& table : load->program.tables)
    for (int row = 0; row < table.rows; ++row)
      load->synapses += static_cast<double>(table.sparse->operations(static_cast<std::size_t>(row)));
  for (const auto& population : load->held.network.populations)
    load->neurons += population.size;
  return *load;
}

workloads::InputSteps poisson() {
  std::mt19937_64 random(7);
  workloads::InputSteps input(static_cast<std::size_t>(steps), std::vector<double>(1024, 0));
  for (auto& step : input)
    for (double& value : step)
      value = static_cast<double>(random() >> 11) * 0x1p-53 < rate ? 1 : 0;
  return input;
}

void gesture(benchmark::State& state) {
  const Loaded& load = loaded();
  const auto input = mappings::hold_input(load.chip, load.held, poisson());
  double events = 0, hops = 0, most = 0;
  for (auto _ : state) {
    mappings::NirValues values(load.program, load.held, input, false);
    const hw::SystemRun run = hw::run_system(load.chip, load.program, Corner::nominal, values, steps, steps);
    events += static_cast<double>(run.counts.operations());
    hops += static_cast<double>(run.flit_hops);
    most = static_cast<double>(run.steps.size());
  }
  const auto each = [](double value) { return benchmark::Counter(value, benchmark::Counter::kIsRate); };
  state.counters["events/s"] = each(events);
  state.counters["flit-hops/s"] = each(hops);
  state.counters["steps/s"] = each(most * static_cast<double>(state.iterations()));
  state.counters["events/step"] = events / most / static_cast<double>(state.iterations());
}

} // namespace

BENCHMARK(gesture)->Unit(benchmark::kMillisecond);

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  const Loaded& load = loaded();
  std::printf("%.0f neurons, %.0f synapses on %zu cores, loaded in %.2f s of processor time, %.1f resident bytes per synapse\n", load.neurons,
              load.synapses, load.program.cores.size(), load.seconds, load.bytes / load.synapses);
  return 0;
}
