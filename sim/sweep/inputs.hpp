// The descriptions a sweep runs, read once before anything starts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "description/override.hpp"
#include "sim/sweep/spec.hpp"

namespace moesaic::sim::sweep {

struct Input {
  std::string name; ///< catalog name, or the file's name without folder and .yaml
  Document document;
  std::string sha256; ///< of its text
};

struct Inputs {
  std::vector<Input> machines;  ///< in the order of the spec, each at all of its process nodes
  std::vector<Input> workloads; ///< in the order of the spec
  std::map<std::string, std::string> mappings; ///< digests of mapping files that are varied, by file
};

/// Reads all machines and workloads, and checks that every variable fits: its key exists, its values measure
/// what stands there. Throws InputError naming the sweep file's place.
Inputs load_inputs(const Spec& spec);

} // namespace moesaic::sim::sweep
