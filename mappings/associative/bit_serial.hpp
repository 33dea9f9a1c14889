// An associative program on a bit-serial machine: checked, and counted.
#pragma once

#include <map>
#include <string>

#include "hw/associative/bit_serial.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

/// Throws InputError, at the step's place, for what the machine does not do (transfers, scalar work, several cores), an
/// unknown operation, wrong operands, a register it does not have or that is read before it is written, a written register
/// that is also read, and loops without end.
void check(const Program& program, const hw::associative::BitSerialDescription& machine);

/// How often each operation runs, and the steps that all of them take together.
struct SerialCounts {
  std::map<std::string, std::uint64_t> operations;
  std::uint64_t steps = 0;
};
SerialCounts count(const Program& program, const hw::associative::BitSerialDescription& machine);

} // namespace moesaic::mappings::associative
