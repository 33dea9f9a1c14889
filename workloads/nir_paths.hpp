// What leads from one population to another through the nodes of a NIR graph that keep no state.
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "workloads/nir_shapes.hpp"

namespace moesaic::workloads {

class NirPaths {
 public:
  /// `population`: by node, its population or -1. `network`: whose populations get biases and are marked as shown. All must
  /// outlive it.
  NirPaths(const NirGraph& graph, double dt, const NirShapes& shapes, const std::vector<int>& population, NirNetwork& network)
      : graph_(graph), dt_(dt), shapes_(shapes), population_(population), network_(network) {}

  /// Follows what node `i` sends, and its bias, to all populations. Throws InputError for delays out of range.
  void follow_from(int i);
  /// The connections found, each weight times its target's gain. `gain`: by population and neuron.
  std::vector<NirConnection> take(const std::vector<std::vector<double>>& gain);

 private:
  /// Linear nodes multiplied out; `plain` as long as they only scaled.
  struct Path {
    SynapseMatrix weight;
    SharedKernel kernel;
    bool plain = true;
  };

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  const NirNode& node(int i) const { return graph_.nodes[at(i)]; }
  void arrive(int population, int source, const Path& path, int delay);
  void follow(int i, int source, const Path& path, int delay);
  void follow_bias(int i, const Eigen::VectorXd& bias, int delay);
  std::map<int, SynapseMatrix> by_steps(int delay, int channels) const;

  const NirGraph& graph_;
  double dt_;
  const NirShapes& shapes_;
  const std::vector<int>& population_;
  NirNetwork& network_;
  std::map<std::tuple<int, int, int>, Path> found_; ///< by target, source, delay
};

} // namespace moesaic::workloads
