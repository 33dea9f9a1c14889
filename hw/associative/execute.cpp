// Runs of instructions that stay within their half-banks are executed block by block, so that a block's planes remain in the
// cache; the OR tree needs whole planes.
#include <algorithm>

#include "hw/associative/bit_planes.hpp"
#include "hw/associative/block_kernel.hpp"
#include "hw/associative/circuit_kernel.hpp"
#include "hw/associative/plane_search.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr int shortest_parallel = 256; // instructions; fewer are done before a team of threads has met
constexpr std::size_t longest_alone = 2048; // steps of a circuit, a few hundred microseconds

bool is_global(const Instruction& instruction) {
  for (int i = 0; i < instruction.count; ++i) {
    const Command& c = instruction.commands[static_cast<std::size_t>(i)];
    if (c.source == Source::or_tree)
      return true;
    if (c.phase == Phase::broadcast && c.line != Line::gl && c.line != Line::ggl)
      return true;
  }
  return false;
}

} // namespace

void BitPlanes::execute(const Instruction* first, const Instruction* last) {
  while (first != last) {
    if (is_global(*first)) {
      run_global(*first++);
      continue;
    }
    static const BlockKernel run_block = block_kernels().back();
    const Instruction* end = std::find_if(first, last, is_global);
    const BlockPlanes planes{planes_.data(), latch_.data(), gl_.data(), ggl_.data(), words_};
    const int blocks = shape_.words() / block_words + (shape_.words() % block_words != 0);
#pragma omp parallel for schedule(static) if (blocks > 1 && end - first >= shortest_parallel)
    for (int b = 0; b < blocks; ++b)
      run_block(planes, first, end, b * block_words, std::min(block_words, shape_.words() - b * block_words));
    first = end;
  }
}

void BitPlanes::execute(const Microcode& code) {
  execute(code.instructions.data(), code.instructions.data() + code.instructions.size());
}

void BitPlanes::execute(const Circuit& circuit) {
  static const CircuitKernel run_circuit = circuit_kernels().back();
  const int blocks = shape_.words() / circuit_words;
  const auto run = [&](int first, int last) {
    Words slots(circuit.slots * circuit_words);
    std::vector<std::uint64_t*> at(circuit.places.size());
    for (int b = first; b < last; ++b) {
      for (std::size_t i = 0; i < at.size(); ++i) {
        const CircuitPlace& place = circuit.places[i];
        at[i] = place.plane ? planes_.data() + place.index * words_ + static_cast<std::size_t>(b * circuit_words)
                            : slots.data() + place.index * circuit_words;
      }
      run_circuit(circuit, at.data());
    }
  };
  if (circuit.steps.size() <= longest_alone)
    return run(0, blocks);
#pragma omp parallel for schedule(static)
  for (int b = 0; b < blocks; ++b)
    run(b, b + 1);
}

void BitPlanes::execute(const MaskedSearch& masked) {
  static const SearchKernel run_search = search_kernels().back();
  PlaneSearch search;
  search.words = shape_.words();
  for (int s = 0; s < 16; ++s)
    search.targets[s] = plane(masked.target, s);
  std::vector<SearchKey> keys(masked.keys.size() / (masked.words.size() + 1));
  const std::uint16_t* given = masked.keys.data();
  for (const auto& word : masked.words) // from the top: where columns are sorted, most are settled by the upper sections
    for (int s = 15; s >= 0; --s)
      if ((word.care >> s) & 1)
        search.planes[search.count++] = plane(word.vector, s);
  for (auto& key : keys) {
    int at = 0;
    for (const auto& word : masked.words) {
      for (int s = 15; s >= 0; --s)
        if ((word.care >> s) & 1)
          key.wanted[at++] = (*given >> s) & 1;
      ++given;
    }
    key.sections = *given++;
  }
  run_search(search, keys.data(), keys.data() + keys.size());
}

} // namespace moesaic::hw::associative
