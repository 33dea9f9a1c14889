// The options of `moesaic noc`, read and turned into networks, traffic and measurements.
#pragma once

#include <string>
#include <vector>

#include "hw/noc/measurement.hpp"

namespace CLI {
class App;
}

namespace moesaic::sim {

struct NocOptions {
  std::string topology = "mesh", size = "8x8", chip = "8x4", levels = "4:8:4,4:16:8", routing = "dimension-order", table;
  int concentration = 0; ///< 0: 1 on mesh and torus, 4 on cmesh, chips and tree
  int vcs = 1, depth = 4, packet = 1, threads = 1;
  std::string pipeline = "default";
  int routing_delay = -1, vc_allocation_delay = -1, switch_allocation_delay = -1, traversal_delay = -1,
      credit_delay = -1, link_delay = -1; ///< -1: as the pipeline or the topology has it
  int speculative = -1;                   ///< -1: as the pipeline has it
  std::string hop_ns;                     ///< "4.1,6.5": asynchronous hops east-west and north-south
  int chip_link_delay = 8, chip_link_cycles = 4;
  std::string pattern = "uniform", trace, rate = "0.1";
  std::vector<int> hotspots;
  double hotspot_share = 0.2;
  unsigned long long seed = 0, warm_up = 5000, cycles = 50000;
  bool json = false;
  std::string csv, svg;

  void declare(CLI::App& command);
  std::string shape() const; ///< of the network, for people
  /// Throws InputError for an option that would have no effect, or lacks the file that it needs.
  void check_used(const CLI::App& command) const;
};

/// Everything that one run of the command needs. Times are in cycles, or in tenths of a nanosecond when
/// asynchronous.
struct NocExperiment {
  hw::noc::NetworkConfig config;
  std::vector<double> rates; ///< flits per node and `unit`
  std::vector<hw::noc::Request> trace;
  hw::noc::MeasurementPlan plan;
  double ticks_per_unit = 1;
  std::string unit = "cycle";
  std::vector<double> level_picojoules; ///< of a flit on the links of each level of a tree, if all are given
};

/// Throws InputError that names the option.
NocExperiment make_noc_experiment(const NocOptions& options);

/// "0.1", "0.05,0.1,0.15" or "0.02:0.3:0.02" (both ends included). Throws InputError.
std::vector<double> parse_rates(const std::string& text);

} // namespace moesaic::sim
