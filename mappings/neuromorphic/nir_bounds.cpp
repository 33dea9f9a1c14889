// How far a chip's states may be from the equations: the rounding of each step, carried on by the equations themselves.
#include <algorithm>
#include <cmath>

#include "mappings/neuromorphic/nir_program.hpp"

namespace moesaic::mappings {
namespace {

using Eigen::VectorXd;
using workloads::NeuronModel;

VectorXd vector_of(const std::vector<double>& list) {
  return Eigen::Map<const VectorXd>(list.data(), static_cast<Eigen::Index>(list.size()));
}

/// All in units of the state's fraction.
class Bounds {
 public:
  explicit Bounds(const HeldNir& held) : held_(held), network_(held.network) {
    for (const auto& p : network_.populations) {
      v_.push_back(VectorXd::Zero(p.size));
      s_.push_back(VectorXd::Zero(p.size));
      sent_.emplace_back();
      rounding_.push_back(0);
    }
    for (std::size_t c = 0; c < network_.connections.size(); ++c) {
      const auto& connection = network_.connections[c];
      const auto from = static_cast<std::size_t>(connection.from);
      if (held.step[c] - held.payload_bits[from] + held.fraction_bits < 0)
        rounding_[static_cast<std::size_t>(connection.to)] += 0.5;
      magnitude_.push_back(is_graded(from) ? workloads::SynapseMatrix(connection.weight.cwiseAbs()) : workloads::SynapseMatrix());
    }
  }

  void step() {
    for (std::size_t p = 0; p < network_.populations.size(); ++p)
      if (network_.populations[p].model != NeuronModel::input)
        advance(p);
    for (std::size_t p = 0; p < network_.populations.size(); ++p)
      if (is_graded(p))
        sent_[p].push_back(v_[p].array() + payload_rounding(p));
    ++steps_;
  }

  double largest(std::size_t p) const { return v_[p].size() == 0 ? 0 : std::ldexp(v_[p].maxCoeff(), -held_.fraction_bits); }

 private:
  bool is_graded(std::size_t p) const { return workloads::graded(network_.populations[p].model); }
  double payload_rounding(std::size_t p) const {
    const int dropped = held_.fraction_bits - held_.payload_bits[p];
    return dropped > 0 ? std::ldexp(0.5, dropped) : 0;
  }

  void advance(std::size_t which) {
    const auto& p = network_.populations[which];
    VectorXd in = VectorXd::Constant(p.size, rounding_[which]);
    for (std::size_t c = 0; c < network_.connections.size(); ++c) {
      const auto& connection = network_.connections[c];
      if (connection.to == static_cast<int>(which) && magnitude_[c].size() > 0 && connection.delay <= steps_)
        in += magnitude_[c] * sent_[static_cast<std::size_t>(connection.from)][static_cast<std::size_t>(steps_ - connection.delay)];
    }
    VectorXd& v = v_[which];
    if (p.model == NeuronModel::cuba_lif) {
      const VectorXd decay = vector_of(p.synapse_decay);
      s_[which] = ((1 - decay.array()).abs() * s_[which].array() + decay.array().abs() * in.array() + 0.5).matrix();
      in = s_[which];
    }
    if (!p.decay.empty()) {
      const VectorXd decay = vector_of(p.decay);
      v = ((1 - decay.array()).abs() * v.array() + decay.array().abs() * in.array() + 0.5).matrix();
    } else if (p.model == NeuronModel::integrate_fire || p.model == NeuronModel::integrator) {
      v += in;
    } else {
      v = in;
    }
  }

  const HeldNir& held_;
  const workloads::NirNetwork& network_;
  std::vector<workloads::SynapseMatrix> magnitude_; ///< by connection from graded neurons, |weight|
  std::vector<double> rounding_;                    ///< by population, of the sums it reads
  std::vector<VectorXd> v_, s_;                     ///< by population
  std::vector<std::vector<VectorXd>> sent_;         ///< by graded population, step
  std::int64_t steps_ = 0;
};

} // namespace

std::vector<double> state_bounds(const HeldNir& held, std::int64_t steps) {
  Bounds bounds(held);
  for (std::int64_t t = 0; t < steps; ++t)
    bounds.step();
  std::vector<double> largest; // a bound only grows from step to step
  for (std::size_t p = 0; p < held.network.populations.size(); ++p)
    largest.push_back(bounds.largest(p));
  return largest;
}

} // namespace moesaic::mappings
