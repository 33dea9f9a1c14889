#include "workloads/nir_shapes.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

const std::map<std::string, NeuronModel>& neuron_models() {
  static const std::map<std::string, NeuronModel> list{
      {"LIF", NeuronModel::lif},           {"CubaLIF", NeuronModel::cuba_lif}, {"LI", NeuronModel::li},
      {"IF", NeuronModel::integrate_fire}, {"I", NeuronModel::integrator},     {"Threshold", NeuronModel::threshold}};
  return list;
}

NirShapes::NirShapes(const NirGraph& graph)
    : out(graph.nodes.size()), into(graph.nodes.size()), shape(graph.nodes.size()), graph_(graph) {
  for (const auto& [from, to] : graph.edges) {
    out[at(from)].push_back(to);
    into[at(to)].push_back(from);
  }
  refuse_stateless_cycles();
  infer_shapes();
}

void NirShapes::visit(int i, std::vector<char>& mark, std::vector<int>& path) const {
  mark[at(i)] = 1;
  path.push_back(i);
  for (const int next : out[at(i)]) {
    if (has_state(next))
      continue;
    if (mark[at(next)] == 1) {
      std::string names;
      for (auto step = std::find(path.begin(), path.end(), next); step != path.end(); ++step)
        names += "'" + node(*step).name + "' -> ";
      throw InputError(fmt::format("{}: a cycle with no neuron in it: {}'{}'", graph_.file, names, node(next).name));
    }
    if (mark[at(next)] == 0)
      visit(next, mark, path);
  }
  path.pop_back();
  mark[at(i)] = 2;
}

void NirShapes::refuse_stateless_cycles() const {
  std::vector<char> mark(graph_.nodes.size(), 0);
  std::vector<int> path;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
    if (!has_state(static_cast<int>(i)) && mark[i] == 0)
      visit(static_cast<int>(i), mark, path);
}

/// The shape that each node puts out, spread from Input nodes and along edges.
void NirShapes::infer_shapes() {
  std::vector<int> ready;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const int n = static_cast<int>(i);
    if (is_input(n)) {
      for (const double side : required(graph_, node(n), "shape").value)
        shape[i].push_back(side >= 1 && side <= 1 << 20 && side == std::floor(side) ? static_cast<int>(side) : -1);
      if (elements(shape[i]) < 1 || elements(shape[i]) > 1 << 20)
        node_error(graph_, node(n), "'shape' must be sizes of at least 1 and hold at most 1048576 channels");
      ready.push_back(n);
    }
  }
  while (!ready.empty()) {
    const int from = ready.back();
    ready.pop_back();
    for (const int to : out[at(from)]) {
      const std::vector<int> brought = output_shape(to, shape[at(from)]);
      if (shape[at(to)].empty()) {
        shape[at(to)] = brought;
        ready.push_back(to);
      } else if (elements(brought) != elements(shape[at(to)])) {
        throw InputError(fmt::format("{}: edge '{}' -> '{}': {} values where other edges bring {}", graph_.file,
                                     node(from).name, node(to).name, elements(brought), elements(shape[at(to)])));
      }
    }
  }
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
    if (shape[i].empty())
      node_error(graph_, graph_.nodes[i], "nothing leads from an Input to it");
}

std::vector<int> NirShapes::output_shape(int i, const std::vector<int>& input) {
  if (!has_state(i)) {
    if (node(i).type == "Delay") {
      parameter(graph_, node(i), "delay", elements(input));
      return input;
    }
    if (node(i).type == "Input" || node(i).type == "Output")
      if (const auto declared = node(i).array.find("shape"); declared != node(i).array.end()) {
        long count = 1;
        for (const double side : declared->second.value)
          count *= static_cast<long>(std::clamp(side, 0.0, 1e6));
        if (count != elements(input))
          node_error(graph_, node(i), fmt::format("is declared for {} values, got {}", count, elements(input)));
      }
    // Kept once built: shapes and matrices are the same thing. A second edge must bring the same shape.
    auto& op = operators[i];
    if (op.output.empty())
      op = linear_operator(graph_, node(i), input);
    else if (op.weight.cols() != elements(input))
      node_error(graph_, node(i), fmt::format("takes {} values, got {}", op.weight.cols(), elements(input)));
    return op.output;
  }
  for (const auto& [key, array] : node(i).array)
    if (array.value.size() > 1 && static_cast<int>(array.value.size()) != elements(input))
      node_error(graph_, node(i), fmt::format("'{}' has {} values, its input {}", key, array.value.size(), elements(input)));
  return input;
}

} // namespace moesaic::workloads
