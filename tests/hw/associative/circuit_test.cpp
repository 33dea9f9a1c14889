// Circuits leave what the instructions leave, to the bit, on whatever they run.
#include <rapidcheck.h>

#include "hw/associative/circuit_kernel.hpp"
#include "hw/associative/functional_core.hpp"
#include "tests/hw/associative/lanes.hpp"

using namespace moesaic::hw::associative;

namespace {

constexpr int first_temporary = 16;

void randomise(BitPlanes& planes, std::mt19937_64& random) {
  for (int v = 0; v < planes.shape().vectors; ++v)
    for (int s = 0; s < 16; ++s)
      for (int w = 0; w < planes.shape().words(); ++w)
        planes.plane(v, s)[w] = random();
}

bool same_vectors(const BitPlanes& a, const BitPlanes& b) {
  bool same = true;
  for (int v = 0; v < first_temporary; ++v)
    for (int s = 0; s < 16; ++s)
      same = same && std::equal(a.plane(v, s), a.plane(v, s) + a.shape().words(), b.plane(v, s));
  return same;
}

void run(CircuitKernel kernel, const Circuit& circuit, BitPlanes& planes) {
  Words slots(circuit.slots * circuit_words);
  std::vector<std::uint64_t*> at;
  for (int w = 0; w < planes.shape().words(); w += circuit_words) {
    at.clear();
    for (const CircuitPlace& place : circuit.places)
      at.push_back(place.plane ? planes.plane(int(place.index / 16), int(place.index % 16)) + w
                               : slots.data() + place.index * circuit_words);
    kernel(circuit, at.data());
  }
}

bool within_columns(const Microcode& code) {
  for (const auto& instruction : code.instructions)
    for (int i = 0; i < instruction.count; ++i) {
      const Command& c = instruction.commands[static_cast<std::size_t>(i)];
      if (c.source == Source::west || c.source == Source::east || c.source == Source::or_tree ||
          (c.phase == Phase::broadcast && c.line != Line::gl && c.line != Line::ggl))
        return false;
    }
  return true;
}

/// Any instructions that read the latch and the lines only once they are written.
Microcode any_code(std::mt19937_64& random) {
  Microcode code;
  Instruction start;
  start.commands[0].source = Source::none;
  start.commands[0].vectors = {3, 0, 0};
  start.commands[0].vector_count = 1;
  start.commands[1].phase = start.commands[2].phase = Phase::broadcast;
  start.commands[2].line = Line::ggl;
  start.count = 3;
  code.instructions.push_back(start);
  const Source sources[] = {Source::zero, Source::one, Source::rl, Source::north, Source::south, Source::gl, Source::ggl};
  const auto vector = [&] { return static_cast<std::uint8_t>(random() % 4 ? random() % 6 : 16 + random() % 2); };
  for (int n = 0; n < 40; ++n) {
    Instruction instruction;
    instruction.count = 3;
    Command& write = instruction.commands[0];
    write.phase = Phase::write;
    write.sections = static_cast<std::uint16_t>(random());
    write.vectors[0] = vector();
    write.source = sources[random() % 7];
    write.inverted = random() % 2;
    Command& read = instruction.commands[1];
    read.sections = static_cast<std::uint16_t>(random());
    read.vector_count = static_cast<std::uint8_t>(random() % 4);
    read.vectors = {vector(), vector(), vector()};
    read.complemented = static_cast<std::uint8_t>(random() % 8);
    read.source = read.vector_count && random() % 2 ? Source::none : sources[random() % 7];
    read.inverted = random() % 2;
    read.combine = static_cast<Assign>(1 + random() % 3);
    read.assign = static_cast<Assign>(random() % 4);
    Command& broadcast = instruction.commands[2];
    broadcast.phase = Phase::broadcast;
    broadcast.sections = static_cast<std::uint16_t>(random() | 1u << random() % 16);
    broadcast.line = random() % 2 ? Line::gl : Line::ggl;
    code.instructions.push_back(instruction);
  }
  return code;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("every micro-program that stays within its columns has a circuit, which leaves the same vectors") {
    const MicroLibrary library(moesaic::catalog_folder("hw/associative/microcode"));
    for (const auto& name : library.names()) {
      const MicroProgram& program = *library.find(name);
      for (const bool in_place : {false, true}) {
        Operands operands;
        for (std::size_t i = 0; i < program.writes.size() + program.reads.size(); ++i)
          operands.vectors.push_back(static_cast<int>(in_place && i >= program.writes.size() ? i - program.writes.size() : i));
        for (const auto& immediate : program.immediates)
          operands.immediates.push_back(immediate == "f" ? 10 : immediate == "g" ? 2 : immediate == "group" || immediate == "subgroup" ? 64 : 5);
        const Microcode code = library.expand(program, operands, VectorPlan{});
        const auto circuit = make_circuit(code, first_temporary);
        CHECK_MESSAGE(circuit.has_value() == within_columns(code), name);
        if (!circuit)
          continue;
        std::mt19937_64 random(11);
        BitPlanes before(ArrayShape{16, 4096, 24, 2048});
        randomise(before, random);
        BitPlanes wanted = before;
        wanted.execute(code);
        for (const CircuitKernel kernel : circuit_kernels()) {
          BitPlanes planes = before;
          run(kernel, *circuit, planes);
          CHECK_MESSAGE(same_vectors(planes, wanted), name);
        }
        before.execute(*circuit);
        CHECK_MESSAGE(same_vectors(before, wanted), name);
      }
    }
  }

  TEST_CASE("a circuit of any instructions leaves the vectors that they leave") {
    CHECK(rc::check("any instructions", [](std::uint64_t seed) {
      std::mt19937_64 random(seed);
      const Microcode code = any_code(random);
      const auto circuit = make_circuit(code, first_temporary);
      RC_ASSERT(circuit.has_value());
      BitPlanes planes(ArrayShape{16, 2048, 24, 2048});
      randomise(planes, random);
      BitPlanes wanted = planes;
      wanted.execute(code);
      planes.execute(*circuit);
      RC_ASSERT(same_vectors(planes, wanted));
    }));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("what reads the latch, or a line, before it is written has no circuit") {
    for (const Source source : {Source::rl, Source::north, Source::south, Source::gl, Source::ggl, Source::west, Source::or_tree}) {
      Microcode code;
      code.instructions.resize(1);
      code.instructions[0].count = 1;
      code.instructions[0].commands[0].phase = Phase::write;
      code.instructions[0].commands[0].source = source;
      CHECK_FALSE(make_circuit(code, first_temporary).has_value());
    }
  }

  TEST_CASE("a core gives the same products whether it runs the instructions or, later, the circuit") {
    const Description d = read_description(moesaic::Document::load(moesaic::catalog_file("hw/catalog", "gemini1", "machine")));
    const OperationSet operations(d, moesaic::Corner::nominal);
    FunctionalCore core(operations);
    const auto columns = static_cast<std::size_t>(d.shape.columns);
    std::vector<std::uint16_t> x(columns), y(columns);
    for (unsigned turn = 0; turn < 8; ++turn) {
      for (std::size_t i = 0; i < columns; ++i)
        x[i] = static_cast<std::uint16_t>(i * 40503u + turn), y[i] = static_cast<std::uint16_t>(i * 9973u >> turn);
      core.set_vector(1, x), core.set_vector(2, y);
      core.run("mul_u16", {0, 1, 2});
      const auto z = core.vector(0);
      bool right = true;
      for (std::size_t i = 0; i < columns; ++i)
        right = right && z[i] == static_cast<std::uint16_t>(unsigned{x[i]} * y[i]);
      CHECK_MESSAGE(right, "turn " << turn);
      const bool overflows = core.planes().element(VectorPlan{}.flags, 1) >> 15 != 0;
      CHECK(overflows == (unsigned{x[1]} * y[1] > 0xffff));
    }
  }

  TEST_CASE("32 bits: sums of products, whose cross products ask for no flag") {
    Lanes b;
    std::vector<std::vector<std::uint16_t>> in;
    for (int v = 0; v < 6; ++v)
      b.set(v, in.emplace_back(numbers(static_cast<std::uint64_t>(v))));
    b.run("mul_low_u16", {8, 2, 4});
    b.run("mac_u32", {0, 1, 6, 7, 0, 1, 2, 3, 4, 5});
    const auto low = b.get(0), high = b.get(1), product = b.get(8);
    const auto wide = [&](int h, int l, std::size_t i) { return static_cast<std::uint32_t>(in[static_cast<std::size_t>(h)][i]) << 16 | in[static_cast<std::size_t>(l)][i]; };
    for (std::size_t i = 0; i < low.size(); ++i) {
      const std::uint32_t sum = static_cast<std::uint32_t>(high[i]) << 16 | low[i], wanted = wide(1, 0, i) + wide(3, 2, i) * wide(5, 4, i);
      REQUIRE(sum == wanted);
      REQUIRE(product[i] == static_cast<std::uint16_t>(unsigned{in[2][i]} * in[4][i]));
    }
  }

  TEST_CASE("a product of 16 bits takes one step for each full adder and little more") {
    const MicroLibrary library(moesaic::catalog_folder("hw/associative/microcode"));
    const Microcode code = library.expand(*library.find("mul_u16"), {{0, 1, 2}, {}}, VectorPlan{});
    const auto circuit = make_circuit(code, first_temporary);
    REQUIRE(circuit);
    CHECK(circuit->steps.size() < 2 * 16 * 16);
  }
}
