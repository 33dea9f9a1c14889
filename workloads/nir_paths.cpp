#include "workloads/nir_paths.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace moesaic::workloads {
namespace {

void add_bias(NirPopulation& p, const Eigen::VectorXd& bias, int delay) {
  auto* list = &p.bias;
  if (delay > 0) {
    auto late = std::find_if(p.late_bias.begin(), p.late_bias.end(), [&](const auto& b) { return b.step >= delay; });
    if (late == p.late_bias.end() || late->step != delay)
      late = p.late_bias.insert(late, {delay, std::vector<double>(static_cast<std::size_t>(p.size), 0)});
    list = &late->value;
  }
  Eigen::Map<Eigen::VectorXd>(list->data(), bias.size()) += bias;
}

/// Whether all neurons of a channel have the same gain, so that what they share stays shared.
bool even_gain(const SharedKernel& kernel, const std::vector<double>& gain) {
  for (std::size_t n = 0; n < gain.size(); ++n)
    if (gain[n] != gain[n - n % static_cast<std::size_t>(kernel.channel_neurons)])
      return false;
  return true;
}

} // namespace

void NirPaths::follow_from(int i) {
  const int p = population_[at(i)];
  if (p >= 0 && network_.populations[at(p)].model != NeuronModel::readout) {
    Path path;
    path.weight.resize(network_.populations[at(p)].size, network_.populations[at(p)].size);
    path.weight.setIdentity();
    follow(i, p, path, 0);
  }
  const auto op = shapes_.operators.find(i);
  if (op != shapes_.operators.end() && !op->second.bias.empty() && p < 0)
    follow_bias(i, Eigen::Map<const Eigen::VectorXd>(op->second.bias.data(),
                                                     static_cast<Eigen::Index>(op->second.bias.size())), 0);
}

void NirPaths::arrive(int population, int source, const Path& path, int delay) {
  Path& sum = found_[{population, source, delay + 1}];
  if (sum.weight.size() == 0) {
    sum = path;
    return;
  }
  sum.weight = SynapseMatrix(sum.weight + path.weight);
  sum.kernel = {};
}

/// Carries what population `source` sends, along `path`, from node `i` on.
void NirPaths::follow(int i, int source, const Path& path, int delay) {
  for (const int next : shapes_.out[at(i)]) {
    if (shapes_.is_output(next) && population_[at(next)] < 0) {
      network_.populations[at(source)].output = true;
    } else if (population_[at(next)] >= 0) {
      arrive(population_[at(next)], source, path, delay);
    } else if (node(next).type == "Delay") {
      const auto masks = by_steps(next, static_cast<int>(path.weight.rows()));
      for (const auto& [steps, mask] : masks) {
        Path part{SynapseMatrix(mask * path.weight), path.kernel, path.plain};
        if (masks.size() > 1)
          part = {part.weight, {}, false};
        follow(next, source, part, delay + steps);
      }
    } else {
      const LinearOperator& op = shapes_.operators.at(next);
      Path longer{SynapseMatrix(op.weight * path.weight), path.kernel, path.plain};
      if (!op.uniform)
        longer = {longer.weight, path.plain ? op.kernel : SharedKernel{}, false};
      follow(next, source, longer, delay);
    }
  }
}

/// A Delay node's channels by their steps, each as a matrix that lets only them pass.
std::map<int, SynapseMatrix> NirPaths::by_steps(int delay, int channels) const {
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

void NirPaths::follow_bias(int i, const Eigen::VectorXd& bias, int delay) {
  for (const int next : shapes_.out[at(i)]) {
    if (const int p = population_[at(next)]; p >= 0)
      add_bias(network_.populations[at(p)], bias, delay);
    else if (node(next).type == "Delay")
      for (const auto& [steps, mask] : by_steps(next, static_cast<int>(bias.size())))
        follow_bias(next, Eigen::VectorXd(mask * bias), delay + steps);
    else if (!shapes_.is_output(next))
      follow_bias(next, Eigen::VectorXd(shapes_.operators.at(next).weight * bias), delay);
  }
}

std::vector<NirConnection> NirPaths::take(const std::vector<std::vector<double>>& gain) {
  std::vector<NirConnection> connections;
  for (auto& [key, path] : found_) {
    const auto [to, from, delay] = key;
    for (int column = 0; column < path.weight.outerSize(); ++column)
      for (SynapseMatrix::InnerIterator entry(path.weight, column); entry; ++entry)
        entry.valueRef() *= gain[at(to)][at(static_cast<int>(entry.row()))];
    if (path.kernel.channel_weights > 0 && !even_gain(path.kernel, gain[at(to)]))
      path.kernel = {};
    connections.push_back({from, to, delay, std::move(path.weight), path.kernel});
  }
  found_.clear();
  return connections;
}

} // namespace moesaic::workloads
