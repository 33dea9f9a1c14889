// The nodes of a NIR graph along its edges: who feeds whom, and the shape that each puts out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workloads/nir_operators.hpp"

namespace moesaic::workloads {

/// The types of nodes that keep a state, as neurons.
const std::map<std::string, NeuronModel>& neuron_models();

class NirShapes {
 public:
  /// Throws InputError naming node or edge: cycles without a neuron, dimensions that do not match, nodes that no Input feeds.
  /// `graph` must outlive it.
  explicit NirShapes(const NirGraph& graph);

  bool is_input(int i) const { return node(i).type == "Input" && into[at(i)].empty(); }
  bool is_output(int i) const { return node(i).type == "Output" && out[at(i)].empty(); }
  bool has_state(int i) const { return neuron_models().count(node(i).type) > 0; }

  std::vector<std::vector<int>> out, into, shape; ///< by node: those it feeds, those that feed it, what it puts out
  std::map<int, LinearOperator> operators;        ///< of the nodes without state

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  const NirNode& node(int i) const { return graph_.nodes[at(i)]; }
  void visit(int i, std::vector<char>& mark, std::vector<int>& path) const;
  void refuse_stateless_cycles() const;
  void infer_shapes();
  std::vector<int> output_shape(int i, const std::vector<int>& input);

  const NirGraph& graph_;
};

} // namespace moesaic::workloads
