#include "workloads/nir_hdf5.hpp"

#include <algorithm>
#include <cmath>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {
namespace {

constexpr hssize_t most_values = most_nir_values;
constexpr int deepest = 16;

std::vector<std::string> read_texts(const H5::DataSet& data) {
  const auto count = static_cast<std::size_t>(data.getSpace().getSimpleExtentNpoints());
  const H5::StrType type = data.getStrType();
  std::vector<std::string> texts;
  if (type.isVariableStr()) {
    std::vector<char*> pointers(count, nullptr);
    data.read(pointers.data(), type);
    for (const char* text : pointers)
      texts.emplace_back(text ? text : "");
    const H5::DataSpace space = data.getSpace();
    H5Dvlen_reclaim(type.getId(), space.getId(), H5P_DEFAULT, pointers.data());
    return texts;
  }
  std::string all(count * type.getSize(), '\0');
  data.read(all.data(), type);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = all.substr(i * type.getSize(), type.getSize());
    texts.push_back(text.substr(0, text.find('\0')));
  }
  return texts;
}

class Reader {
 public:
  Reader(const std::string& name, NirGraph& graph) : name_(name), graph_(graph) {}

  /// Reads a graph group; `prefix` names it. Nodes come in ascending order of names.
  void read_graph(const H5::Group& group, const std::string& prefix, int depth) {
    if (depth > deepest)
      fail(prefix, fmt::format("graphs within graphs deeper than {}", deepest));
    if (!group.nameExists("nodes") || group.childObjType("nodes") != H5O_TYPE_GROUP || !group.nameExists("edges") ||
        group.childObjType("edges") != H5O_TYPE_DATASET)
      fail(prefix, "a graph needs a group 'nodes' and an array 'edges'");
    const H5::Group nodes = group.openGroup("nodes");
    std::vector<std::string> names;
    for (hsize_t i = 0; i < nodes.getNumObjs(); ++i)
      names.push_back(nodes.getObjnameByIdx(i));
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      if (nodes.childObjType(name) != H5O_TYPE_GROUP)
        fail(prefix + name, "is no group");
      read_node(nodes.openGroup(name), prefix + name, depth);
    }
    read_edges(group.openDataSet("edges"), prefix);
  }

 private:
  [[noreturn]] void fail(const std::string& node, const std::string& what) const {
    throw InputError(fmt::format("{}: {}: {}", name_, node.empty() ? "graph" : "node '" + node + "'", what));
  }

  std::string only_text(const H5::DataSet& data, const std::string& key, const std::string& node) const {
    const hssize_t count = data.getSpace().getSimpleExtentNpoints();
    if (count != 1)
      fail(node, fmt::format("'{}' holds {} texts, expected one", key, count));
    return read_texts(data)[0];
  }

  void read_node(const H5::Group& group, const std::string& name, int depth) {
    if (!group.nameExists("type") || group.childObjType("type") != H5O_TYPE_DATASET ||
        group.openDataSet("type").getTypeClass() != H5T_STRING)
      fail(name, "has no 'type' text");
    NirNode node;
    node.name = name;
    node.type = only_text(group.openDataSet("type"), "type", name);
    if (std::find(nir_types().begin(), nir_types().end(), node.type) == nir_types().end())
      fail(name, "type '" + node.type + "' is not supported" + suggestion(node.type, nir_types()));
    if (node.type == "NIRGraph")
      return read_graph(group, name + "/", depth + 1);
    for (hsize_t i = 0; i < group.getNumObjs(); ++i)
      if (group.childObjType(group.getObjnameByIdx(i)) == H5O_TYPE_DATASET)
        read_parameter(group.openDataSet(group.getObjnameByIdx(i)), group.getObjnameByIdx(i), node);
    graph_.nodes.push_back(std::move(node));
  }

  void read_parameter(const H5::DataSet& data, const std::string& key, NirNode& node) const {
    if (key == "type")
      return;
    const H5T_class_t kind = data.getTypeClass();
    if (kind == H5T_STRING) {
      node.text[key] = only_text(data, key, node.name);
      return;
    }
    if (kind != H5T_FLOAT && kind != H5T_INTEGER)
      fail(node.name, "'" + key + "' is neither number nor text");
    const H5::DataSpace space = data.getSpace();
    const hssize_t points = space.getSimpleExtentNpoints();
    if (points < 0 || points > most_values)
      fail(node.name, fmt::format("'{}' has {} values, at most {} are read", key, points, most_values));
    NirArray array;
    std::vector<hsize_t> extent(static_cast<std::size_t>(space.getSimpleExtentNdims()));
    if (!extent.empty())
      space.getSimpleExtentDims(extent.data());
    for (const hsize_t side : extent) {
      if (side > static_cast<hsize_t>(most_values))
        fail(node.name, fmt::format("'{}' has a side of {}", key, side));
      array.shape.push_back(static_cast<int>(side));
    }
    array.value.resize(static_cast<std::size_t>(points));
    data.read(array.value.data(), H5::PredType::NATIVE_DOUBLE);
    for (std::size_t i = 0; i < array.value.size(); ++i)
      if (!std::isfinite(array.value[i]))
        fail(node.name, fmt::format("'{}' holds {} at position {}", key, array.value[i], i));
    node.array[key] = std::move(array);
  }

  int find(const std::string& name) const {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      if (graph_.nodes[i].name == name)
        return static_cast<int>(i);
    return -1;
  }

  /// The node behind one end of an edge: of a subgraph, its only Input or Output.
  int end_of(const std::string& name, const char* gate, const std::string& edge) const {
    if (const int node = find(name); node >= 0)
      return node;
    int found = -1;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const NirNode& node = graph_.nodes[i];
      if (node.name.rfind(name + "/", 0) != 0 || node.type != gate ||
          node.name.find('/', name.size() + 1) != std::string::npos)
        continue;
      if (found >= 0)
        throw InputError(fmt::format("{}: edge {}: graph '{}' with several {} nodes is not supported", name_, edge, name, gate));
      found = static_cast<int>(i);
    }
    if (found < 0)
      throw InputError(fmt::format("{}: edge {}: there is no node '{}'", name_, edge, name));
    return found;
  }

  void read_edges(const H5::DataSet& data, const std::string& prefix) {
    const H5::DataSpace space = data.getSpace();
    if (space.getSimpleExtentNpoints() == 0)
      return;
    hsize_t size[2] = {0, 0};
    if (space.getSimpleExtentNdims() == 2)
      space.getSimpleExtentDims(size);
    if (size[1] != 2 || data.getTypeClass() != H5T_STRING)
      fail(prefix, "'edges' must be pairs of names");
    const auto names = read_texts(data);
    for (std::size_t i = 0; i + 1 < names.size(); i += 2) {
      const std::string edge = fmt::format("'{}' -> '{}'", prefix + names[i], prefix + names[i + 1]);
      const std::pair<int, int> ends{end_of(prefix + names[i], "Output", edge), end_of(prefix + names[i + 1], "Input", edge)};
      if (std::find(graph_.edges.begin(), graph_.edges.end(), ends) != graph_.edges.end())
        throw InputError(fmt::format("{}: edge {} stands twice", name_, edge));
      graph_.edges.push_back(ends);
    }
  }

  std::string name_;
  NirGraph& graph_;
};

} // namespace

const std::vector<std::string>& nir_types() {
  static const std::vector<std::string> types{"Affine", "Conv2d", "CubaLIF", "Delay", "Flatten", "I",
                                              "IF",     "Input",  "LI",      "LIF",   "Linear",  "NIRGraph",
                                              "Output", "Scale",  "SumPool2d", "Threshold"};
  return types;
}

NirGraph read_nir_hdf5(const std::string& file) {
  H5::Exception::dontPrint();
  NirGraph graph;
  graph.file = file;
  try {
    const H5::H5File store(file, H5F_ACC_RDONLY);
    if (!store.nameExists("node"))
      throw InputError(file + ": not a NIR graph: it has no group 'node'");
    Reader(file, graph).read_graph(store.openGroup("node"), "", 0);
  } catch (const H5::Exception& e) {
    throw InputError(fmt::format("{}: not a readable NIR graph in HDF5: {}", file, e.getDetailMsg()));
  }
  return graph;
}

} // namespace moesaic::workloads
