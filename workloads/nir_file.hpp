// NIR graphs (Neuromorphic Intermediate Representation, Pedersen et al. 2024) as they stand in HDF5 files.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace moesaic::workloads {

/// A number array of a node, row by row. Scalars have no shape.
struct NirArray {
  std::vector<int> shape;
  std::vector<double> value;
};

/// A node with its parameters as stored; text parameters (a convolution's padding) apart.
struct NirNode {
  std::string name, type; ///< nodes of subgraphs are named GRAPH/NODE
  std::map<std::string, NirArray> array;
  std::map<std::string, std::string> text;
};

/// Subgraphs are dissolved: their inner Input and Output nodes stay and pass on what they get.
struct NirGraph {
  std::string file;
  std::vector<NirNode> nodes; ///< by name, ascending
  std::vector<std::pair<int, int>> edges;
};

/// Throws InputError naming file and node: not HDF5, truncated, unknown node types, edges to nowhere, numbers that are not
/// finite or of no number type.
NirGraph load_nir(const std::string& file);

} // namespace moesaic::workloads
