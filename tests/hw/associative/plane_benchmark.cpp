// How fast micro-programs run to the bit on the host: all lanes of one core at once, the circuits made before.
#include <benchmark/benchmark.h>

#include <memory>
#include <utility>

#include "description/document.hpp"
#include "hw/associative/bit_planes.hpp"
#include "hw/associative/micro_program.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

constexpr int lanes = 32768;

struct Core {
  MicroLibrary library{catalog_folder("hw/associative/microcode")};
  BitPlanes planes{ArrayShape{}};

  Core() {
    std::vector<std::uint16_t> values(lanes);
    for (int vector = 0; vector < 8; ++vector) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::uint16_t>((i * 40503 + 977u * static_cast<unsigned>(vector)) >> 3);
      planes.store(vector, values.data());
    }
  }
  /// As a core runs an operation that it has run before.
  Circuit code(const char* name, std::vector<int> vectors) const {
    const Microcode code = library.expand(*library.find(name), {std::move(vectors), {}}, VectorPlan{});
    return make_circuit(code, VectorPlan{}.first_temporary).value();
  }
};

/// Runs the operations in order, once an iteration; one element a lane.
void run(benchmark::State& state, const std::vector<std::pair<const char*, std::vector<int>>>& operations) {
  Core core;
  std::vector<Circuit> codes;
  for (const auto& [name, vectors] : operations)
    codes.push_back(core.code(name, vectors));
  for (auto _ : state) {
    for (const auto& code : codes)
      core.planes.execute(code);
    benchmark::DoNotOptimize(core.planes.plane(0, 0)[0]);
  }
  state.SetItemsProcessed(state.iterations() * lanes);
}

void add_u16(benchmark::State& state) {
  run(state, {{"add_u16", {0, 1, 2}}});
}

/// Two words each: 0, 1 = 2, 3 + 4, 5.
void vector_addition_32(benchmark::State& state) {
  run(state, {{"add_u16", {0, 2, 4}}, {"add_with_carry", {1, 3, 5}}});
}

/// 0, 1 += 2, 3 times 4, 5, the low 32 bits of the product; 6 and 7 are used up.
void multiply_accumulate_32(benchmark::State& state) {
  run(state, {{"mac_u32", {0, 1, 6, 7, 0, 1, 2, 3, 4, 5}}});
}

/// 0, 1 += 2 times 3, signed bytes into 32 bits: what an expert's layer is made of.
void multiply_accumulate_8(benchmark::State& state) {
  run(state, {{"mul_s8", {6, 2, 3}}, {"add_s32", {0, 1, 0, 1, 6}}});
}

void add_f16(benchmark::State& state) {
  run(state, {{"add_f16", {0, 1, 2}}});
}

} // namespace

BENCHMARK(add_u16)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(vector_addition_32)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(multiply_accumulate_32)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(multiply_accumulate_8)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(add_f16)->Unit(benchmark::kMicrosecond)->UseRealTime();

BENCHMARK_MAIN();
