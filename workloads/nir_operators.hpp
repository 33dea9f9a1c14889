// The stateless nodes of NIR as matrices.
#pragma once

#include <vector>

#include "workloads/nir_network.hpp"

namespace moesaic::workloads {

/// A node that keeps no state, on inputs of shape `input`: out = weight in + bias.
struct LinearOperator {
  SynapseMatrix weight;     ///< outputs x inputs
  std::vector<double> bias; ///< per output, or empty
  std::vector<int> output;  ///< shape
  SharedKernel kernel;      ///< of a convolution
  bool uniform = false;     ///< a multiple of the identity
};

int elements(const std::vector<int>& shape);

/// A parameter's values, one per element: a scalar stands for all. Throws InputError naming the node.
std::vector<double> parameter(const NirGraph& graph, const NirNode& node, const char* key, int size);
const NirArray& required(const NirGraph& graph, const NirNode& node, const char* key);
[[noreturn]] void node_error(const NirGraph& graph, const NirNode& node, const std::string& what);

/// Affine, Linear, Conv2d, SumPool2d, Flatten, Scale, and the identity for Input and Output nodes.
LinearOperator linear_operator(const NirGraph& graph, const NirNode& node, const std::vector<int>& input);

} // namespace moesaic::workloads
