// The bit planes themselves: the same bits whatever runs them, and hardly more memory than the planes.
#include <rapidcheck.h>

#include "hw/associative/block_kernel.hpp"
#include "tests/hw/associative/lanes.hpp"

using namespace moesaic::hw::associative;

namespace {

/// State of an array whose last words make no whole block.
struct State {
  static constexpr int words = 2 * block_words + 32;
  Words planes, latch, gl, ggl;
  explicit State(std::uint64_t seed) : planes(25 * 16 * words), latch(16 * words), gl(words), ggl(4 * words) {
    std::mt19937_64 random(seed);
    for (Words* all : {&planes, &latch, &gl, &ggl})
      for (auto& word : *all)
        word = random();
  }
  void run(BlockKernel kernel, const Microcode& code) {
    const BlockPlanes view{planes.data(), latch.data(), gl.data(), ggl.data(), words};
    const Instruction* first = code.instructions.data();
    for (int at = 0; at < words; at += block_words)
      kernel(view, first, first + code.instructions.size(), at, std::min(block_words, words - at));
  }
  friend bool operator==(const State& a, const State& b) {
    return a.planes == b.planes && a.latch == b.latch && a.gl == b.gl && a.ggl == b.ggl;
  }
};

bool across_columns(const Instruction& instruction) {
  for (int i = 0; i < instruction.count; ++i) {
    const Command& c = instruction.commands[static_cast<std::size_t>(i)];
    if (c.source == Source::west || c.source == Source::east || c.source == Source::or_tree ||
        (c.phase == Phase::broadcast && c.line != Line::gl && c.line != Line::ggl))
      return true;
  }
  return false;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("every version of the block kernel gives the same bits, and those of the definition") {
    const MicroLibrary library(moesaic::catalog_folder("hw/associative/microcode"));
    const auto kernels = block_kernels();
    for (const auto& name : library.names()) {
      const MicroProgram& program = *library.find(name);
      Operands operands;
      for (std::size_t i = 0; i < program.writes.size() + program.reads.size(); ++i)
        operands.vectors.push_back(static_cast<int>(i));
      for (const auto& immediate : program.immediates)
        operands.immediates.push_back(immediate == "f" ? 10 : immediate == "g" ? 2 : immediate == "group" || immediate == "subgroup" ? 64 : 5);
      Microcode code = library.expand(program, operands, VectorPlan{});
      auto& all = code.instructions;
      all.erase(std::remove_if(all.begin(), all.end(), across_columns), all.end());
      State reference(7);
      reference.run(kernels[0], code);
      for (std::size_t k = 1; k < kernels.size(); ++k) {
        State state(7);
        state.run(kernels[k], code);
        CHECK_MESSAGE(state == reference, name << ", version " << k);
      }
    }
  }

  TEST_CASE("a read sees the latch as it was, whichever neighbours it takes") {
    CHECK(rc::check("neighbours", [](std::uint64_t seed) {
      std::mt19937_64 random(seed);
      // Reads of disjoint sections, each from the section itself, the one below or the one above.
      Instruction instruction;
      std::uint16_t left = 0xffff;
      const Source sources[] = {Source::rl, Source::north, Source::south, Source::none};
      for (; instruction.count < 4; ++instruction.count) {
        Command& c = instruction.commands[instruction.count];
        c.sections = static_cast<std::uint16_t>(left & random());
        left = static_cast<std::uint16_t>(left & ~c.sections);
        c.source = sources[random() % 4];
        c.vector_count = static_cast<std::uint8_t>(c.source == Source::none ? 1 : random() % 3);
        c.vectors = {1, 2, 3};
        c.complemented = static_cast<std::uint8_t>(random() % 4);
        c.inverted = random() % 2;
        c.combine = static_cast<Assign>(1 + random() % 3);
        c.assign = static_cast<Assign>(random() % 4);
      }
      const State before(seed);
      Microcode code;
      code.instructions = {instruction};
      State after(seed);
      after.run(block_kernels().back(), code);
      const auto bit = [](const Words& w, int section, int at) { return w[static_cast<std::size_t>(section * State::words + at)]; };
      const auto combine = [](std::uint64_t a, std::uint64_t b, Assign how) {
        return how == Assign::set ? b : how == Assign::and_ ? a & b : how == Assign::or_ ? a | b : a ^ b;
      };
      for (int s = 0; s < 16; ++s)
        for (int w = 0; w < State::words; ++w) {
          std::uint64_t wanted = bit(before.latch, s, w);
          for (int i = 0; i < instruction.count; ++i) {
            const Command& c = instruction.commands[static_cast<std::size_t>(i)];
            if (!((c.sections >> s) & 1))
              continue;
            std::uint64_t term = ~std::uint64_t{0};
            for (int v = 0; v < c.vector_count; ++v) {
              const std::uint64_t x = bit(before.planes, (v + 1) * 16 + s, w);
              term &= (c.complemented >> v) & 1 ? ~x : x;
            }
            if (c.source != Source::none) {
              const int from = c.source == Source::north ? s - 1 : c.source == Source::south ? s + 1 : s;
              std::uint64_t source = from < 0 || from > 15 ? 0 : bit(before.latch, from, w);
              source = c.inverted ? ~source : source;
              term = c.vector_count == 0 ? source : combine(term, source, c.combine);
            }
            wanted = combine(wanted, term, c.assign);
          }
          RC_ASSERT(bit(after.latch, s, w) == wanted);
        }
    }));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("an array takes its bit planes, those of the columns' numbers among them, and at most a tenth more") {
    for (const int columns : {2048, 4096, 32768, 65536}) {
      const ArrayShape shape{16, columns, 24, 2048};
      const auto bits = static_cast<std::size_t>(shape.vectors + 1) * 16 * static_cast<std::size_t>(columns);
      const std::size_t bytes = BitPlanes(shape).bytes();
      CHECK(bytes >= bits / 8);
      CHECK(bytes <= bits / 8 * 11 / 10);
    }
  }
}
