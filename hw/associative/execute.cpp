// Runs of instructions that stay within their columns are executed block by block, so that a block's planes remain in the
// cache; neighbours across columns and the OR tree need whole planes.
#include <algorithm>

#include "hw/associative/bit_planes.hpp"
#include "hw/associative/block_kernel.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr int shortest_parallel = 256; // instructions; fewer are done before a team of threads has met

bool is_global(const Instruction& instruction) {
  for (int i = 0; i < instruction.count; ++i) {
    const Command& c = instruction.commands[static_cast<std::size_t>(i)];
    if (c.source == Source::west || c.source == Source::east || c.source == Source::or_tree)
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

} // namespace moesaic::hw::associative
