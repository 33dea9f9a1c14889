// An associative program: vector operations, transfers, scalar work and loops, the same for all cores of a
// card. It can be printed and checked without being run; lower_to_stream() gives what SystemC runs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hw/associative/operations.hpp"
#include "hw/associative/stream.hpp"

namespace moesaic::mappings::associative {

/// A number that depends on loop counters: base + sum of counter(depth) * stride; depth 0 is the outermost
/// loop.
struct Index {
  std::int64_t base = 0;
  std::vector<std::pair<int, std::int64_t>> terms;
  Index(std::int64_t value = 0) : base(value) {} // NOLINT: a plain number is an index
  Index plus(int depth, std::int64_t stride) const;
  std::int64_t at(const std::vector<std::int64_t>& counters) const;
  /// Least and most over loops that run `counts` times.
  std::pair<std::int64_t, std::int64_t> range(const std::vector<std::uint64_t>& counts) const;
};

/// Where a transfer goes. `l4_l1` and `l1_l4` are whole moves that the control processor waits for; `l4_l2`
/// and `l2_l4` only start the engines; `l2_l1` and `l1_l2` are the core's own copies of one vector.
enum class Route { l4_l1, l1_l4, l4_l2, l2_l4, l2_l1, l1_l2, l4_l3, l4_l3_both, l3_l4 };
const std::vector<std::string>& route_names();

/// All values an index takes in loops that run `counts` times; its two ends where they are too many to walk through.
std::vector<std::int64_t> index_values(const Index& index, const std::vector<std::uint64_t>& counts);

struct Step {
  enum class Kind { operation, transfer, wait, drain, scalar, loop, stage, barrier };
  Kind kind = Kind::operation;
  std::string place; ///< "file:line:column" where a file holds it
  std::string name;  ///< operation, stage, or what scalar work does

  std::vector<Index> vectors;    // operation: written ones first
  std::vector<Index> immediates; // operation
  bool from_memory = false;      // operation: the first immediate is loaded by the control processor

  Route route = Route::l4_l1; // transfer
  Index slot;                 // transfer to or from L1
  std::int64_t bytes = 0;     // transfer; of one core
  std::string region;         // transfer: of card memory
  Index offset;               // transfer: bytes from the region's begin

  std::uint64_t count = 0; // loop; scalar: elements
  enum class Scalar { integer, floating, card } scalar = Scalar::integer; ///< steps, scaled products, words of card memory
  std::vector<Step> body;  // loop
};

struct Program {
  std::string name, title;
  int cores = 1;
  int bits = 16; ///< of every number
  std::vector<std::int64_t> inputs; ///< vectors that hold data before the first step
  std::map<std::string, std::int64_t> regions; ///< of card memory, bytes each
  std::int64_t l3_bytes = 0;                   ///< that the program keeps in every core's L3
  std::int64_t resident_slots = 0;             ///< the first slots of every core's L1, which are filled before it begins
  std::vector<Step> steps;
  std::map<std::string, std::string> places; ///< of the keys above where a file holds them: "file:line:column: path"
};

/// Throws InputError about a key of the whole program, at its place where a file holds it.
[[noreturn]] void fail_whole(const Program& program, const std::string& key, const std::string& message);

/// Throws InputError, at the step's place, for an unknown operation, a wrong number of operands, a vector or
/// slot that the core does not have, an unwritten vector or slot that is read, a region that does not hold a
/// transfer, and a level of memory that overflows, with the missing amount.
void check(const Program& program, const hw::associative::OperationSet& operations);

/// Indented text, loops as blocks.
std::string print(const Program& program);

/// In time only. `detailed` keeps every operation apart, for traces; else runs of work are merged.
hw::associative::Stream lower_to_stream(const Program& program,
                                        const hw::associative::OperationSet& operations,
                                        bool detailed = false);

/// How often each operation and each byte of each route occurs, loops counted out.
struct Counts {
  std::map<std::string, std::uint64_t> operations;
  std::map<std::string, std::uint64_t> bytes;
  std::uint64_t scalars = 0;
};
Counts count(const Program& program);

} // namespace moesaic::mappings::associative
