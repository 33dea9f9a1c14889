// The run record: what one machine did with one workload. Plain data; everything the table, the run folder and the
// report page show comes from here. SI units throughout: seconds, joules, watts, bytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace moesaic::results {

/// A result with the ends of its interval, low <= nominal <= high.
struct Interval {
  double nominal = 0;
  double low = 0;
  double high = 0;
};

/// One line of the energy ledger. The lines of a record sum to its energy, at all three points.
struct EnergyLine {
  std::string component; ///< dotted path in the component tree, for example "chip.core.synapse"
  std::string action;    ///< what was counted, for example "synaptic operation"; for static power "static"
  std::string kind;      ///< "static", "idle" or "active"
  std::uint64_t count = 0; ///< actions; for static and idle lines 0
  Interval joules;
  std::string figure; ///< key path of the constant that dominates this line
  std::string source; ///< its source key
};

/// Where the time went. Stages may overlap; `seconds` is each one's own busy time.
struct Stage {
  std::string name;
  double start = 0;
  double seconds = 0;
};

/// A constant the run depended on, for the report's table of constants.
struct Constant {
  std::string path, unit, source, source_title, confidence, note;
  Interval value;            ///< in base units
  std::string value_text;    ///< as written, for example "35.5 pJ"
  double energy_width = 0;   ///< how much of the energy's interval this constant makes, joules
};

/// A rectangular picture: link loads of a mesh, busy cores.
struct HeatMap {
  std::string name, title, unit;
  int width = 0, height = 0;
  std::vector<double> value; ///< row by row, width * height
};

/// A curve: utilisation over time.
struct Curve {
  std::string name, title, x_unit, y_unit;
  std::vector<double> x, y;
};

/// A number with a unit that belongs to one kind of machine, for example flit-hops or microcode cycles.
struct Statistic {
  std::string name, unit, scope, description; ///< scope: "per instance", "per access", "total"
  double value = 0;
};

struct RunRecord {
  std::string machine;       ///< catalog name, for example "loihi2"
  std::string machine_title; ///< for people
  std::string kind;          ///< "neuromorphic", "associative", "gpu", "cpu"
  std::string workload;      ///< catalog name
  int tokens = 1;            ///< in this run (the batch)
  std::uint64_t chips = 1;
  Interval seconds;          ///< for the whole batch
  Interval joules;           ///< for the whole batch: the sum of `energy`
  double power_limit = 0;    ///< watts of all chips together, 0 when none is published
  std::string bound;         ///< "compute", "memory", "traffic", "transfer" or "overhead"
  std::vector<std::pair<std::string, double>> bound_share; ///< share of time each resource is the limit, sums to 1
  std::vector<EnergyLine> energy;
  std::vector<Stage> stages;
  std::vector<Constant> constants;
  std::vector<HeatMap> heat_maps;
  std::vector<Curve> curves;
  std::vector<Statistic> statistics;
  std::vector<std::string> notes; ///< what a reader must know to judge the figures: assumptions, what was left out
};

} // namespace moesaic::results
