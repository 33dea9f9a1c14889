// Bit-serial associative machines (CAPE, Neural Cache): what a catalog file says of one, and what its operations cost.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "hw/associative/search_program.hpp"

namespace moesaic::hw::associative {

/// A description of kind "associative" with `array: bit_serial`.
struct BitSerialDescription {
  std::string name, title, process;
  int lanes = 0, registers = 0, bits = 0; ///< the widest numbers
  Figure clock;                           ///< Hz; one step a cycle
  Figure step_energy;                     ///< of one step in `step_lanes` lanes; value 0 where operations have their own
  Figure step_lanes;
  std::map<std::string, Figure> energy; ///< of an operation on numbers of `bits` bits, per lane
  std::vector<std::string> notes;
  SearchLibrary operations{"", ""};

  std::vector<SearchStep> steps(const std::string& operation, int width) const;
  /// Energy of the operation per lane: as described, in proportion to its steps at other widths. Throws InputError where
  /// none is described.
  Figure lane_energy(const std::string& operation, int width) const;
};

/// Whether the description's array is bit-serial; planes is the other kind.
bool is_bit_serial(const Document& document);

/// Throws InputError.
BitSerialDescription read_bit_serial(const Document& document);

} // namespace moesaic::hw::associative
