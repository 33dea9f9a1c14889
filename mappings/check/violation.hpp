// What is wrong with a mapping, where, by how much, and what would mend it.
#pragma once

#include <string>
#include <vector>

namespace moesaic::mappings {

struct Violation {
  std::string kind;   ///< for example "core memory"; the same for all places of the same fault
  std::string place;  ///< for example "chip 3 core 17 (gate_up 12)"
  std::string limit;  ///< what is allowed or required, with unit
  std::string value;  ///< what was found, with unit
  std::string remedy; ///< what to do
};

/// "kind: place: found value, expected limit; remedy".
std::string to_text(const Violation& violation);

/// A JSON list of objects with the five members.
std::string to_json(const std::vector<Violation>& violations);

} // namespace moesaic::mappings
