// The arithmetic of one neuron in a time step.
#include "mappings/neuromorphic/nir_program.hpp"
#include "mappings/neuromorphic/shifted.hpp"

namespace moesaic::mappings {

using workloads::NeuronModel;

std::int64_t NirValues::clip(std::int64_t value) {
  const std::int64_t limit = held_.state_limit;
  if (value >= -limit && value <= limit)
    return value;
  ++clipped_;
  return value < 0 ? -limit : limit;
}

/// One neuron's step; whether it fires.
bool NirValues::update(NeuronModel model, Neurons& n, std::size_t i, std::int64_t in) {
  std::int64_t& v = n.v[i];
  in = clip(in);
  if (model == NeuronModel::cuba_lif)
    n.s[i] = clip(n.s[i] + shifted(n.synapse_decay[i] * (in - n.s[i]), -decay_bits));
  if (!n.decay.empty())
    v += shifted(n.decay[i] * (n.leak[i] - v + (model == NeuronModel::cuba_lif ? n.s[i] : in)), -decay_bits);
  else if (model == NeuronModel::integrate_fire || model == NeuronModel::integrator)
    v += in;
  else
    v = in;
  v = clip(v);
  if (!workloads::spikes(model) || v <= n.threshold[i])
    return false;
  if (model != NeuronModel::threshold)
    v = n.reset[i];
  return true;
}

/// What a graded neuron sends of its state: the bits that a payload holds.
std::int64_t NirValues::payload(int population, std::int64_t v) {
  const int dropped = held_.fraction_bits - held_.payload_bits[static_cast<std::size_t>(population)];
  const std::int64_t value = shifted(v, -dropped), most = held_.state_limit >> dropped;
  if (value <= most)
    return value;
  ++clipped_;
  return most;
}

} // namespace moesaic::mappings
