#include "workloads/nir_network.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/nir_shapes.hpp"

namespace moesaic::workloads {
namespace {

class Builder {
 public:
  Builder(const NirGraph& graph, double dt)
      : graph_(graph), dt_(dt), shapes_(graph), population_(graph.nodes.size(), -1) {}

  NirNetwork build() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      make_population(static_cast<int>(i));
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      connect(static_cast<int>(i));
    for (auto& [key, weight] : found_)
      network_.connections.push_back(
          {std::get<1>(key), std::get<0>(key), std::get<2>(key), scaled(std::get<0>(key), std::move(weight))});
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

  void connect(int i) {
    const int p = population_[at(i)];
    if (p >= 0 && network_.populations[at(p)].model != NeuronModel::readout) {
      SynapseMatrix identity(network_.populations[at(p)].size, network_.populations[at(p)].size);
      identity.setIdentity();
      follow(i, p, identity, 0);
    }
    const auto op = shapes_.operators.find(i);
    if (op != shapes_.operators.end() && !op->second.bias.empty() && p < 0)
      follow_bias(i, Eigen::Map<const Eigen::VectorXd>(op->second.bias.data(),
                                                       static_cast<Eigen::Index>(op->second.bias.size())), 0);
  }

  /// Carries what population `source` sends, times `weight`, from node `i` on.
  void follow(int i, int source, const SynapseMatrix& weight, int delay) {
    for (const int next : shapes_.out[at(i)]) {
      if (is_output(next) && population_[at(next)] < 0) {
        network_.populations[at(source)].output = true;
        continue;
      }
      if (population_[at(next)] >= 0) {
        auto& sum = found_[{population_[at(next)], source, delay + 1}];
        sum = sum.size() == 0 ? weight : SynapseMatrix(sum + weight);
        continue;
      }
      if (node(next).type != "Delay") {
        follow(next, source, SynapseMatrix(shapes_.operators.at(next).weight * weight), delay);
        continue;
      }
      for (const auto& [steps, mask] : by_steps(next, static_cast<int>(weight.rows())))
        follow(next, source, SynapseMatrix(mask * weight), delay + steps);
    }
  }

  /// A Delay node's channels by their steps, each as a matrix that lets only them pass.
  std::map<int, SynapseMatrix> by_steps(int delay, int channels) const {
    std::map<int, std::vector<Eigen::Triplet<double>>> entries;
    const auto seconds = parameter(graph_, node(delay), "delay", channels);
    for (int n = 0; n < channels; ++n) {
      const double wait = seconds[at(n)];
      if (wait < 0 || wait / dt_ > 1024)
        node_error(graph_, node(delay), fmt::format("a delay of {} s: must be 0 to 1024 steps of {} s", wait, dt_));
      entries[static_cast<int>(std::lround(wait / dt_))].emplace_back(n, n, 1.0);
    }
    std::map<int, SynapseMatrix> masks;
    for (const auto& [steps, of_steps] : entries) {
      SynapseMatrix mask(channels, channels);
      mask.setFromTriplets(of_steps.begin(), of_steps.end());
      masks.emplace(steps, std::move(mask));
    }
    return masks;
  }

  void follow_bias(int i, const Eigen::VectorXd& bias, int delay) {
    for (const int next : shapes_.out[at(i)]) {
      if (const int p = population_[at(next)]; p >= 0)
        add_bias(network_.populations[at(p)], bias, delay);
      else if (node(next).type == "Delay")
        for (const auto& [steps, mask] : by_steps(next, static_cast<int>(bias.size())))
          follow_bias(next, Eigen::VectorXd(mask * bias), delay + steps);
      else if (!is_output(next))
        follow_bias(next, Eigen::VectorXd(shapes_.operators.at(next).weight * bias), delay);
    }
  }

  static void add_bias(NirPopulation& p, const Eigen::VectorXd& bias, int delay) {
    auto* list = &p.bias;
    if (delay > 0) {
      auto late = std::find_if(p.late_bias.begin(), p.late_bias.end(), [&](const auto& b) { return b.step >= delay; });
      if (late == p.late_bias.end() || late->step != delay)
        late = p.late_bias.insert(late, {delay, std::vector<double>(at(p.size), 0)});
      list = &late->value;
    }
    Eigen::Map<Eigen::VectorXd>(list->data(), bias.size()) += bias;
  }

  SynapseMatrix scaled(int to, SynapseMatrix weight) const {
    for (int column = 0; column < weight.outerSize(); ++column)
      for (SynapseMatrix::InnerIterator entry(weight, column); entry; ++entry)
        entry.valueRef() *= gain_[at(to)][at(static_cast<int>(entry.row()))];
    return weight;
  }

  const NirGraph& graph_;
  double dt_;
  NirShapes shapes_;
  std::vector<int> population_;
  std::map<std::tuple<int, int, int>, SynapseMatrix> found_;
  std::vector<std::vector<double>> gain_; ///< by population: R, w_in, dt
  NirNetwork network_;
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
