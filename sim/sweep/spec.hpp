// A sweep file, read and checked as far as it can be by itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/technology.hpp"
#include "sim/sweep/variable.hpp"

namespace moesaic::sim::sweep {

/// grid: all combinations. latin_hypercube, sobol: `samples` points that fill the space. sensitivity: Monte
/// Carlo over the intervals of all constants, and each constant at its ends. search: NSGA-II.
enum class Kind { grid, latin_hypercube, sobol, sensitivity, search };

const char* to_string(Kind kind);

struct Objective {
  std::string name; ///< as written: the formula's text unless named
  Formula formula;  ///< of results and variables
  bool maximise = false;
};

struct Limits {
  double seconds = 0; ///< host time of one point; 0: none
  double bytes = 0;   ///< memory of one worker beyond its start; 0: none
};

struct Spec {
  std::string file, text;
  std::string title;
  Kind kind = Kind::grid;
  std::vector<std::string> workloads, machines;
  std::vector<int> tokens;             ///< batch sizes
  std::uint64_t seed = 1;              ///< of the routing trace, the samples and the search
  int samples = 0;                     ///< latin_hypercube, sobol, sensitivity
  int population = 0, generations = 0; ///< search
  std::vector<Variable> variables;     ///< formulas after what they use
  std::vector<Formula> constraints;    ///< of variables: points that break one are left out
  std::vector<Formula> requirements;   ///< of results: points that break one are kept, never best
  std::vector<Objective> objectives;
  Limits limits;
  bool estimate_first = false; ///< points that an estimate tells cannot be best are not simulated
  std::vector<double>
      nodes; ///< process nodes to run every machine at, metres; 0: as built. Empty: as built only
  /// Of each machine, where there are nodes; none: what its description says.
  std::vector<std::optional<hw::Process>> processes;

  const Variable* find(const std::string& variable) const;
};

/// "chips/mine.yaml" -> "mine"; a catalog name stays.
std::string short_name(const std::string& name_or_file);

/// Names of results that objectives and requirements may use; all of one batch.
const std::vector<std::string>& result_names();

/// Throws InputError: unknown keys, empty ranges, circular formulas, unknown names ...
Spec load_spec(const std::string& file);
Spec parse_spec(const std::string& text, const std::string& file);

} // namespace moesaic::sim::sweep
