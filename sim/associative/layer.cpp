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

LayerValues run_layer(const Description& d, const MoeLayer& layer, const MoeWeights& weights,
                      const HeldExperts& held, const Matrix& hidden) {
  const hw::associative::OperationSet operations(d, Corner::nominal);
  LayerMemory memory(d, layer, weights, held, hidden);
  // The router's choice shapes the rest of the program: its part runs first, with a load that no expert has.
  workloads::Routing nothing;
  nothing.tokens = hidden.rows;
  nothing.top_k = layer.router.top_k;
  nothing.experts = layer.routed;
  nothing.expert.assign(static_cast<std::size_t>(nothing.tokens * nothing.top_k), -1);
  nothing.weight.assign(nothing.expert.size(), 0);
  MoeLayer router_only = layer;
  router_only.shared = 0;
  const auto router_program = mappings::associative::lower_moe(d, router_only, nothing);
  memory.stop_after_router(true);
  mappings::associative::Interpreter(router_program, operations).run(memory);
  memory.stop_after_router(false);
  const auto program = mappings::associative::lower_moe(d, layer, memory.routing());
  check(program, operations);
  mappings::associative::Interpreter(program, operations).run(memory);
  return {memory.routing(), memory.output()};
}

} // namespace moesaic::sim
