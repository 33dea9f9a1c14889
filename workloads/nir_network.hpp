// A NIR graph as populations of neurons and the linear maps between them, and its equations in discrete time.
#pragma once

#include <string>
#include <vector>

#include <Eigen/SparseCore>

#include "workloads/nir_file.hpp"

namespace moesaic::workloads {

using SynapseMatrix = Eigen::SparseMatrix<double, Eigen::ColMajor>; ///< targets x sources

enum class NeuronModel { input, lif, cuba_lif, li, integrate_fire, integrator, threshold, readout };

const char* to_string(NeuronModel model);
bool spikes(NeuronModel model);
/// Whether it sends its v in every step, rather than spikes.
bool graded(NeuronModel model);

/// Neurons of one node. Each step, with `in` the sum of weighted inputs and bias (which hold R, w_in and, without a leak,
/// dt):
///   lif, li:        v += decay (leak - v + in)        decay = dt / tau
///   cuba_lif:       s += synapse_decay (in - s), then v += decay (leak - v + s)
///   integrate_fire, integrator: v += in
///   threshold, readout:         v = in
/// and where the model spikes and v > threshold: a spike, and v = reset (threshold: no state is left). li and integrator
/// send v.
struct NirPopulation {
  std::string name;
  NeuronModel model = NeuronModel::lif;
  int size = 0;
  std::vector<double> decay, synapse_decay, leak, threshold, reset; ///< per neuron, as far as the model has them
  std::vector<double> bias;                                         ///< per neuron, constant
  struct LateBias {
    int step = 0;
    std::vector<double> value; ///< per neuron
  };
  std::vector<LateBias> late_bias; ///< constant from a step on, behind a Delay; ascending
  int first_channel = 0;           ///< of an input: where its values lie in those of a step
  bool output = false;                                              ///< an Output node shows it
};

/// Of a convolution whose targets are channels of `channel_neurons` each: all of a channel share `channel_weights` weights.
/// Zeros: every synapse has its own.
struct SharedKernel {
  int channel_weights = 0, channel_neurons = 0;
};

/// A spike or value of step t counts in step t + delay.
struct NirConnection {
  int from = 0, to = 0, delay = 1;
  SynapseMatrix weight;
  SharedKernel kernel;
};

struct NirNetwork {
  std::vector<NirPopulation> populations;
  std::vector<NirConnection> connections; ///< by target, then source and delay
  int channels = 0;                       ///< of all Input nodes, in the order of their names
};

/// Linear nodes between neurons are multiplied out. `dt` in seconds. Throws InputError naming node or edge: dimensions that
/// do not match, cycles without a neuron, missing parameters, tau not above dt.
NirNetwork make_network(const NirGraph& graph, double dt);

bool is_input(const NirNetwork& network, int population);

/// Values per step and input channel.
using InputSteps = std::vector<std::vector<double>>;

struct NirRun {
  std::vector<std::vector<std::vector<int>>> spikes;   ///< population, step: neurons, ascending
  std::vector<std::vector<std::vector<double>>> state; ///< population, step: v after the step; none for inputs
};

/// The equations in double precision.
NirRun run_reference(const NirNetwork& network, const InputSteps& input);

} // namespace moesaic::workloads
