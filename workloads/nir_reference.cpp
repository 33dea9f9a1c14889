#include "workloads/nir_network.hpp"

namespace moesaic::workloads {

const char* to_string(NeuronModel model) {
  static const char* const names[] = {"Input", "LIF", "CubaLIF", "LI", "IF", "I", "Threshold", "readout"};
  return names[static_cast<int>(model)];
}

bool spikes(NeuronModel model) {
  return model == NeuronModel::lif || model == NeuronModel::cuba_lif || model == NeuronModel::integrate_fire ||
         model == NeuronModel::threshold;
}

bool graded(NeuronModel model) {
  return model == NeuronModel::li || model == NeuronModel::integrator;
}

namespace {

/// One neuron's step; whether it spikes.
bool step(const NirPopulation& p, std::size_t i, double in, double& v, double& s) {
  switch (p.model) {
  case NeuronModel::cuba_lif:
    s += p.synapse_decay[i] * (in - s);
    v += p.decay[i] * (p.leak[i] - v + s);
    break;
  case NeuronModel::lif:
  case NeuronModel::li:
    v += p.decay[i] * (p.leak[i] - v + in);
    break;
  case NeuronModel::integrate_fire:
  case NeuronModel::integrator:
    v += in;
    break;
  default:
    v = in;
  }
  if (!spikes(p.model) || !(v > p.threshold[i]))
    return false;
  if (p.model != NeuronModel::threshold)
    v = p.reset[i];
  return true;
}

} // namespace

NirRun run_reference(const NirNetwork& network, const InputSteps& input) {
  NirRun run;
  std::vector<Eigen::VectorXd> v, s;
  std::vector<std::vector<Eigen::VectorXd>> sent(network.populations.size()); // population, step
  for (const auto& p : network.populations) {
    v.emplace_back(Eigen::VectorXd::Zero(p.size));
    s.emplace_back(Eigen::VectorXd::Zero(p.size));
  }
  run.spikes.resize(network.populations.size());
  run.state.resize(network.populations.size());
  for (std::size_t t = 0; t < input.size(); ++t)
    for (std::size_t k = 0; k < network.populations.size(); ++k) {
      const NirPopulation& p = network.populations[k];
      run.spikes[k].emplace_back();
      Eigen::VectorXd out = Eigen::VectorXd::Zero(p.size);
      if (p.model == NeuronModel::input) {
        out = Eigen::Map<const Eigen::VectorXd>(input[t].data() + p.first_channel, p.size);
        for (int i = 0; i < p.size; ++i)
          if (out[i] != 0)
            run.spikes[k].back().push_back(i);
        sent[k].push_back(out);
        continue;
      }
      Eigen::VectorXd in = Eigen::Map<const Eigen::VectorXd>(p.bias.data(), p.size);
      for (const auto& late : p.late_bias)
        if (static_cast<std::size_t>(late.step) <= t)
          in += Eigen::Map<const Eigen::VectorXd>(late.value.data(), p.size);
      for (const auto& c : network.connections)
        if (c.to == static_cast<int>(k) && static_cast<std::size_t>(c.delay) <= t)
          in += c.weight * sent[static_cast<std::size_t>(c.from)][t - static_cast<std::size_t>(c.delay)];
      for (int i = 0; i < p.size; ++i)
        if (step(p, static_cast<std::size_t>(i), in[i], v[k][i], s[k][i])) {
          out[i] = 1;
          run.spikes[k].back().push_back(i);
        }
      sent[k].push_back(graded(p.model) ? v[k] : out);
      run.state[k].emplace_back(v[k].data(), v[k].data() + p.size);
    }
  return run;
}

} // namespace moesaic::workloads
