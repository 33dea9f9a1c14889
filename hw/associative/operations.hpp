// The vector operations of one associative processor: what they take, and how long they hold processor and
// array.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hw/associative/description.hpp"
#include "hw/associative/timing.hpp"

namespace moesaic::hw::associative {

struct Signature {
  int writes = 0, reads = 0;
  std::vector<std::string> immediates;
  bool l1_slot = false;  ///< load_16 and store_16: the last immediate is a slot of L1
  bool measured = false; ///< its cycles are taken from a measurement
  bool program = false;  ///< it has a micro-program, which gives its values
  std::string title;
};

/// What an operation does with the sections of the flags vector: those it names itself, and those its immediates number.
struct FlagUse {
  std::uint16_t reads = 0, writes = 0; ///< sections; a flag that is written first is not read
  std::vector<bool> reads_marker, writes_marker; ///< per immediate
};

/// Whether an immediate of this name numbers one section, as markers do: 0 to 15.
bool numbers_section(const std::string& immediate);

class OperationSet {
 public:
  /// Reads the micro-programs of the catalog. Costs follow `description` at `corner`.
  OperationSet(const Description& description, Corner corner);

  /// Nothing where there is no such operation.
  const Signature* find(const std::string& name) const;
  std::vector<std::string> names() const;

  /// `immediates` as the signature orders them. Throws InputError where they do not suit the operation.
  Timing timing(const std::string& name, const std::vector<std::int64_t>& immediates) const;
  /// As its micro-program has it, also where measured cycles stand for it.
  Timing program_timing(const std::string& name, const std::vector<std::int64_t>& immediates) const;
  /// The operation's instructions on given vectors; empty for a measured one.
  Microcode microcode(const std::string& name, const Operands& operands) const;

  /// From its micro-program. A measured operation is taken to write its markers and to read none.
  const FlagUse& flag_use(const std::string& name) const;

  const Description& description() const { return description_; }
  Corner corner() const { return corner_; }
  /// Of a figure in cycles (or cycles per byte), or in time (or time per byte) of the card's clock.
  double cycles(const Figure& figure) const;
  Ticks ticks(const Figure& figure) const;
  /// L2 to L1 of one vector, or back: part of it is the array's work.
  Timing l2_l1() const;

 private:
  Timing measured(const MeasuredOperation& operation, const std::vector<std::int64_t>& immediates) const;
  /// What it takes the control processor to start a stretch for which it sets `registers`, of them `masks` masks.
  Ticks start(bool inlined, int registers, int masks) const;

  Description description_;
  Corner corner_;
  MicroLibrary library_;
  std::map<std::string, Signature> signatures_;
  mutable std::map<std::string, FlagUse> flag_uses_;
  mutable std::map<std::pair<std::string, std::vector<std::int64_t>>, Timing> cache_;
};

} // namespace moesaic::hw::associative
