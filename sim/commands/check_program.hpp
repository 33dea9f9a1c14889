// `moesaic check` of an associative program.
#pragma once

#include <string>
#include <vector>

#include "description/document.hpp"
#include "mappings/check/violation.hpp"

namespace moesaic::sim {

struct ProgramCheck {
  std::vector<mappings::Violation> violations;
  std::string report; ///< capacities of levels, life times of vectors
};

/// Reads the program (InputError where it is none) and checks it on the machine.
ProgramCheck check_associative_program(const Document& program, const Document& machine);

} // namespace moesaic::sim
