// What runs instructions that stay within their columns, block by block: one version per instruction set of the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/associative/micro_program.hpp"

namespace moesaic::hw::associative {

constexpr int block_words = 128; ///< 8192 columns: the planes of a block stay in the cache
constexpr int bank_words = 32;   ///< a half-bank, beyond which no column has a neighbour

/// The planes of an array, 16 sections a vector, `words` words a section; latch and lines alike.
struct BlockPlanes {
  std::uint64_t* planes;
  std::uint64_t* latch;
  std::uint64_t* gl;
  std::uint64_t* ggl;
  std::size_t words;
};

/// Runs the instructions on `count` words from `word` on, at most block_words.
using BlockKernel = void (*)(const BlockPlanes& planes, const Instruction* first, const Instruction* last, int word, int count);

void run_block_generic(const BlockPlanes& planes, const Instruction* first, const Instruction* last, int word, int count);
void run_block_avx2(const BlockPlanes& planes, const Instruction* first, const Instruction* last, int word, int count);
void run_block_avx512(const BlockPlanes& planes, const Instruction* first, const Instruction* last, int word, int count);

/// The versions that this processor runs, the widest last; all give the same bits.
std::vector<BlockKernel> block_kernels();

} // namespace moesaic::hw::associative
