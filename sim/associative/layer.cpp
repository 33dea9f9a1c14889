#include "sim/associative/layer.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "sim/associative/memory.hpp"

namespace moesaic::sim {

using hw::associative::Description;
using workloads::Matrix;
using workloads::MoeLayer;
using workloads::MoeWeights;

namespace {

constexpr int table_entries = 4096;
constexpr double table_reach = 16;

double exact_sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

} // namespace

double table_sigmoid(double x) {
  const double step = 2 * table_reach / table_entries;
  if (x <= -table_reach || x >= table_reach)
    return x < 0 ? 0 : 1;
  const double at = std::floor((x + table_reach) / step), left = at * step - table_reach;
  const double part = (x - left) / step;
  return exact_sigmoid(left) * (1 - part) + exact_sigmoid(left + step) * part;
}

double sigmoid_table_error() {
  // Linear interpolation is off by at most step^2 / 8 times the largest curvature, 0.0963; beyond the table
  // by its tail.
  const double step = 2 * table_reach / table_entries;
  return std::max(step * step / 8 * 0.0963, exact_sigmoid(-table_reach)) * 1.001;
}

HeldExperts hold_experts(const MoeLayer& layer, const MoeWeights& weights) {
  HeldExperts held;
  for (int e = 0; e < layer.routed + layer.shared; ++e) {
    const auto& w = expert_weights(layer, weights, e);
    held.gate.push_back(quantise(w.gate, workloads::NumberFormat::int8, {1, 0}));
    held.up.push_back(quantise(w.up, workloads::NumberFormat::int8, {1, 0}));
    held.down.push_back(quantise(w.down, workloads::NumberFormat::int8, {0, 0}));
  }
  return held;
}

const workloads::ExpertWeights& expert_weights(const MoeLayer& layer, const MoeWeights& weights, int expert) {
  return expert < layer.routed ? weights.experts[static_cast<std::size_t>(expert)]
                               : weights.shared[static_cast<std::size_t>(expert - layer.routed)];
}

namespace {

std::vector<const mappings::associative::Program*> programs(const mappings::associative::CardProgram& card) {
  std::vector<const mappings::associative::Program*> all;
  for (std::size_t c = 0; c < card.of_core.size(); ++c)
    all.push_back(&card.core(c));
  return all;
}

LayerValues run_on_card(const Description& d, const MoeLayer& layer, const MoeWeights& weights, const HeldExperts& held,
                        const Matrix& hidden, const mappings::associative::CardWork& work) {
  const hw::associative::OperationSet operations(d, Corner::nominal);
  LayerMemory memory(d, layer, weights, held, hidden, work);
  // The router's choice shapes the rest of the program: its part runs first, with a load that no expert has.
  workloads::Routing nothing;
  nothing.tokens = hidden.rows;
  nothing.top_k = layer.router.top_k;
  nothing.experts = layer.routed;
  nothing.expert.assign(static_cast<std::size_t>(nothing.tokens * nothing.top_k), -1);
  nothing.weight.assign(nothing.expert.size(), 0);
  MoeLayer router_only = layer;
  router_only.shared = 0;
  const auto router_program = mappings::associative::lower_moe(d, router_only, nothing, work);
  memory.stop_after_router(true);
  mappings::associative::Interpreter(programs(router_program), operations).run(memory);
  memory.stop_after_router(false);
  const auto program = mappings::associative::lower_moe(d, layer, memory.routing(), work);
  for (const auto& one : program.programs)
    check(one, operations);
  mappings::associative::Interpreter interpreter(programs(program), operations);
  for (int c = 0; c < d.cores; ++c)
    memory.fill_resident(c, interpreter.core(c));
  interpreter.run(memory);
  return {memory.routing(), memory.output()};
}

} // namespace

LayerValues run_layer(const Description& d, const MoeLayer& layer, const MoeWeights& weights, const HeldExperts& held,
                      const Matrix& hidden, const std::vector<mappings::associative::CardWork>& cards) {
  LayerValues sum = run_on_card(d, layer, weights, held, hidden, cards.at(0));
  for (std::size_t card = 1; card < cards.size(); ++card) {
    const LayerValues other = run_on_card(d, layer, weights, held, hidden, cards[card]);
    for (std::size_t t = 0; t < sum.output.size(); ++t)
      for (std::size_t r = 0; r < sum.output[t].size(); ++r)
        sum.output[t][r] += other.output[t][r];
  }
  return sum;
}

} // namespace moesaic::sim
