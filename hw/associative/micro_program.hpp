// Micro-programs: what the array of an associative processor executes, one instruction a clock, up to four
// commands in each. Read from the text files of hw/associative/microcode; docs/associative.md describes the
// language.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace moesaic::hw::associative {

/// What a command moves from. `north` is the section below in significance (the carry comes from there),
/// `south` the one above, `west` and `east` the neighbouring columns of the same half-bank, 0 beyond its ends; gl and ggl are the global lines,
/// or_tree the RSP tree's lowest level.
enum class Source : std::uint8_t { none, zero, one, rl, north, south, west, east, gl, ggl, or_tree };

/// Half-clock order inside one instruction: all writes, then all reads, then all broadcasts.
enum class Phase : std::uint8_t { write, read, broadcast };

/// Where a broadcast goes: a global line, or a level of the OR tree (up, and down again towards the columns).
enum class Line : std::uint8_t { gl, ggl, or16, or256, or2k, or32k, down2k, down256, down16 };

enum class Assign : std::uint8_t { set, and_, or_, xor_ };

struct Command {
  Phase phase = Phase::read;
  std::uint16_t sections = 0xffff; ///< mask of the sections that take part
  // write: vector number `vectors[0]` takes `source`. read: RL takes the AND of `vectors`, combined with
  // `source`.
  std::array<std::uint8_t, 3> vectors{};
  std::uint8_t vector_count = 0;
  std::uint8_t complemented = 0; ///< bit i: vectors[i] is complemented
  Source source = Source::none;
  bool inverted = false;         ///< the source is complemented
  Assign combine = Assign::and_; ///< how the vectors' AND meets the source
  Assign assign = Assign::set;   ///< how the result meets RL
  Line line = Line::gl;          ///< of a broadcast
};

struct Instruction {
  std::array<Command, 4> commands{};
  std::uint8_t count = 0;
};

/// A stretch of a micro-program that the control processor starts in one go.
struct Segment {
  int registers = 0;    ///< row and mask registers that it sets before
  bool rewrite = false; ///< it sets a mask register that the stretch before still uses
  int instructions = 0;
  bool starts = false; ///< the control processor starts a micro-program here
};

/// A micro-program with its operands bound: plain data, ready to execute.
struct Microcode {
  std::vector<Instruction> instructions;
  std::vector<Segment> segments;
  int registers() const;
  int rewrites() const;
};

/// Which vectors and immediate values an operation is given, in the order of its declaration.
struct Operands {
  std::vector<int> vectors;
  std::vector<std::int64_t> immediates;
  std::vector<std::uint16_t> table = {}; ///< what `entry(i)` gives; 0 beyond its end
  friend bool operator<(const Operands& a, const Operands& b) {
    return std::tie(a.vectors, a.immediates, a.table) < std::tie(b.vectors, b.immediates, b.table);
  }
};

/// Which of a core's vectors are for whom.
struct VectorPlan {
  int first_temporary = 16; ///< users' vectors stand below `flags`, temporaries from here on
  int flags = 15;           ///< flags and markers
  int vectors = 24;
  int index = 24; ///< every column's number, beside the others; read only
};

struct MicroStatement;

/// A parsed micro-program.
struct MicroProgram {
  std::string name, title, file;
  std::vector<std::string> writes, reads, temporaries, immediates;
  std::vector<MicroStatement> body;
};

/// All micro-programs of a folder, by name. They may call one another, to a depth of four.
class MicroLibrary {
 public:
  /// Reads every *.micro file. Throws InputError with file:line:column.
  explicit MicroLibrary(const std::string& folder);
  /// Reads programs from one text, for tests and users' own.
  MicroLibrary(const std::string& text, const std::string& name);
  ~MicroLibrary();
  MicroLibrary(MicroLibrary&&) noexcept;

  const MicroProgram* find(const std::string& name) const;
  std::vector<std::string> names() const;
  /// The micro-program with its operands bound. Throws InputError where the program is wrong for these
  /// operands.
  Microcode expand(const MicroProgram& program, const Operands& operands, const VectorPlan& plan) const;

 private:
  void add(std::vector<MicroProgram> programs);
  std::map<std::string, std::unique_ptr<MicroProgram>> programs_;
};

} // namespace moesaic::hw::associative
