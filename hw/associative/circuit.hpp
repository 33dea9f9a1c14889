// A micro-program made into a circuit: gates of three inputs between planes, without what only moves bits between sections.
// It leaves the same vectors as the instructions themselves; latch, lines and temporaries it leaves alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hw/associative/micro_program.hpp"

namespace moesaic::hw::associative {

struct CircuitStep {
  /// table: out[0] = table[4 in[0] + 2 in[1] + in[2]]. adder: out[0], out[1] = sum and carry of the first three.
  /// product_adder: of the first two and in[2] AND in[3].
  enum class Kind : std::uint8_t { table, adder, product_adder } kind = Kind::table;
  std::uint8_t table = 0;
  std::uint16_t in[4] = {}, out[2] = {}; ///< numbers of places
  std::uint16_t run = 1;                 ///< steps from this one on that are of the same kind, and table
};

/// Where a value lies: a plane of the array (vector * 16 + section), or a slot of the scratch.
struct CircuitPlace {
  bool plane = false;
  std::uint32_t index = 0;
};

/// `to` takes the value at `from`.
struct CircuitCopy {
  std::uint16_t from = 0, to = 0;
  bool inverted = false;
};

struct Circuit {
  std::vector<CircuitPlace> places;
  std::vector<CircuitCopy> loads; ///< first: planes that are read often, or written, into slots
  std::vector<CircuitStep> steps;
  std::vector<CircuitCopy> stores; ///< last: into planes
  std::size_t slots = 0;
};

/// The circuit of a micro-program, whose vectors from `first_temporary` on are of no use after it. Nothing where the program
/// reaches across columns, reads what it has not written of latch and lines, or would be too large.
std::optional<Circuit> make_circuit(const Microcode& code, int first_temporary);

} // namespace moesaic::hw::associative
