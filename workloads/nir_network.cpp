#include "workloads/nir_network.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/nir_paths.hpp"

namespace moesaic::workloads {
namespace {

class Builder {
 public:
  Builder(const NirGraph& graph, double dt)
      : graph_(graph), dt_(dt), shapes_(graph), population_(graph.nodes.size(), -1),
        paths_(graph, dt, shapes_, population_, network_) {}

  NirNetwork build() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      make_population(static_cast<int>(i));
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      paths_.follow_from(static_cast<int>(i));
    network_.connections = paths_.take(gain_);
    for (std::size_t p = 0; p < network_.populations.size(); ++p)
      for (std::size_t i = 0; i < network_.populations[p].bias.size(); ++i)
        scale_bias(network_.populations[p], i, gain_[p][i]);
    return std::move(network_);
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  const NirNode& node(int i) const { return graph_.nodes[at(i)]; }
  bool is_input(int i) const { return shapes_.is_input(i); }
  bool is_output(int i) const { return shapes_.is_output(i); }
  static void scale_bias(NirPopulation& p, std::size_t i, double gain) {
    p.bias[i] *= gain;
    for (auto& late : p.late_bias)
      late.value[i] *= gain;
  }
  bool has_state(int i) const { return shapes_.has_state(i); }

  std::vector<double> of(int i, const char* key, int size, double otherwise) const {
    if (node(i).array.count(key) == 0)
      return std::vector<double>(at(size), otherwise);
    return parameter(graph_, node(i), key, size);
  }

  std::vector<double> decay(int i, const char* key, int size) const {
    auto tau = parameter(graph_, node(i), key, size);
    for (double& x : tau) {
      if (!(x >= dt_))
        node_error(graph_, node(i), fmt::format("'{}' is {} s: must be at least the time step of {} s", key, x, dt_));
      x = dt_ / x;
    }
    return tau;
  }

  void make_population(int i) {
    const bool readout = is_output(i) && !shown_directly(i);
    if (!has_state(i) && !is_input(i) && !readout)
      return;
    NirPopulation p;
    p.name = node(i).name;
    p.size = elements(shapes_.shape[at(i)]);
    p.model = readout ? NeuronModel::readout : is_input(i) ? NeuronModel::input : neuron_models().at(node(i).type);
    p.output = readout;
    p.bias.assign(at(p.size), 0);
    std::vector<double> gain(at(p.size), 1);
    const std::string& type = node(i).type;
    if (has_state(i) && type != "Threshold")
      gain = parameter(graph_, node(i), "r", p.size);
    if (type == "LIF" || type == "LI")
      p.decay = decay(i, "tau", p.size);
    if (type == "CubaLIF") {
      p.decay = decay(i, "tau_mem", p.size);
      p.synapse_decay = decay(i, "tau_syn", p.size);
      const auto w_in = of(i, "w_in", p.size, 1);
      for (int n = 0; n < p.size; ++n)
        gain[at(n)] *= w_in[at(n)];
    }
    if (!p.decay.empty())
      p.leak = parameter(graph_, node(i), "v_leak", p.size);
    else if (type == "IF" || type == "I")
      for (double& g : gain)
        g *= dt_;
    if (spikes(p.model)) {
      p.threshold = parameter(graph_, node(i), p.model == NeuronModel::threshold ? "threshold" : "v_threshold", p.size);
      p.reset = of(i, "v_reset", p.size, 0);
    }
    if (is_input(i)) {
      p.first_channel = network_.channels;
      network_.channels += p.size;
    }
    population_[at(i)] = static_cast<int>(network_.populations.size());
    network_.populations.push_back(std::move(p));
    gain_.push_back(std::move(gain));
  }

  /// An Output node that neurons feed without anything between shows them, and is no population of its own.
  bool shown_directly(int i) const {
    return shapes_.into[at(i)].size() == 1 && has_state(shapes_.into[at(i)][0]);
  }

  const NirGraph& graph_;
  double dt_;
  NirShapes shapes_;
  std::vector<int> population_;
  std::vector<std::vector<double>> gain_; ///< by population: R, w_in, dt
  NirNetwork network_;
  NirPaths paths_;
};

} // namespace

bool is_input(const NirNetwork& network, int population) {
  return network.populations[static_cast<std::size_t>(population)].model == NeuronModel::input;
}

NirNetwork make_network(const NirGraph& graph, double dt) {
  NirNetwork network = Builder(graph, dt).build();
  bool shown = false;
  for (const auto& p : network.populations)
    shown = shown || p.output;
  if (network.channels == 0)
    throw InputError(graph.file + ": no Input node");
  if (!shown)
    throw InputError(graph.file + ": no Output node");
  return network;
}

} // namespace moesaic::workloads
