// What a catalog file says of an associative processor: shape, memory levels, control processor, transfers,
// energies.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "hw/associative/bit_planes.hpp"

namespace moesaic::hw::associative {

/// A transfer's measured law: setup + bytes * per_byte, on one of the card's engines.
struct TransferLaw {
  Figure setup;    ///< cycles, or time
  Figure per_byte; ///< cycles per byte, or time per byte
};

/// An operation whose cycles were measured: base + per_entry * n + the powers of the logarithm of a size. Where it has a
/// micro-program, too, that gives its values, and its cycles if `by_program`.
struct MeasuredOperation {
  int writes = 0, reads = 0;
  std::vector<std::string> immediates;
  /// How processor and array share it: `together` both are held to the end; `ahead` the processor goes on after its own
  /// part; `streamed` it feeds the array entry by entry and may begin while the queue has room.
  enum class Course { together, ahead, streamed } course = Course::together;
  bool by_program = false;
  Figure base;
  Figure array_share; ///< of its cycles, in which the array works
  Figure per_entry;   ///< times the immediate named "entries"; value 0 where there is none
  std::vector<Figure>
      log_size; ///< coefficients of x, x^2, x^3, x = log2 of the immediate "subgroup"
};

struct Description {
  std::string name, title, process;
  ArrayShape shape;
  int cores = 1, engines = 2;                     ///< transfer engines per core
  int l1_slots = 0;                               ///< vectors that a core's L1 holds
  Figure clock;                                   ///< Hz
  Figure l2, l3, l4;                              ///< bytes; l2 and l3 per core, l4 of the card
  Figure card_bandwidth;                          ///< bytes per second, of all cores together
  Figure power_limit;                             ///< watts of the card
  Figure static_power;                            ///< watts of the card
  Figure awake_power;                             ///< watts of a core that runs a program, busy or waiting
  Figure issue_energy, array_energy, byte_energy; ///< per cycle at work, per micro-instruction, per byte

  Figure call, inlined_call;      ///< cycles to start a micro-program: of a library's function, or put into its caller
  Figure register_set, mask_set;  ///< cycles to set a register, more where it is an immediate value's mask
  std::set<std::string> inlined;  ///< operations that are put into their caller
  Figure mask_rewrite, scalar, scalar_float, card_word, loop_step; ///< cycles of the control processor
  Figure run_ahead; ///< cycles of streamed issue that the queue holds
  Figure l2_l1; ///< cycles for one vector between L2 and L1
  Figure l2_l1_array_share;
  Figure l1_registers, l1_address, l1_instructions; ///< of a copy between a slot of L1 and a vector
  std::optional<Figure> link_bandwidth, link_latency; ///< between the card and its host; none: one card alone
  std::map<std::string, TransferLaw> transfers; ///< "l4_l2", "l2_l4", "l4_l3", "l4_l3_both", "l3_l4"
  std::map<std::string, MeasuredOperation> measured;
  std::vector<std::string> notes;

  /// Bytes of one vector.
  std::int64_t vector_bytes() const { return std::int64_t{shape.columns} * 2; }
};

/// Reads a description of kind "associative" with bit planes (`array: planes`). Throws InputError.
Description read_description(const Document& document);

} // namespace moesaic::hw::associative
