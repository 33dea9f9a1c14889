#include "sim/associative/values.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "mappings/devices/card_mapping.hpp"
#include "sim/associative/cards.hpp"
#include "sim/associative/expected_output.hpp"
#include "sim/associative/layer.hpp"
#include "workloads/moe_bounds.hpp"
#include "workloads/reference.hpp"

namespace moesaic::sim {

namespace {

using workloads::Approximation;
using workloads::MoeLayer;
using workloads::MoeWeights;

constexpr double largest_layer = 4e6; // weights; beyond, the bit planes take too long

bool same_choice(const workloads::Routing& a, const workloads::Routing& b) {
  return a.tokens == b.tokens && a.top_k == b.top_k && a.expert == b.expert;
}

workloads::Matrix rows_of(const workloads::Matrix& matrix, int first, int count) {
  workloads::Matrix rows(count, matrix.cols);
  std::copy(matrix.row(first), matrix.row(first) + rows.value.size(), rows.value.begin());
  return rows;
}

void require_supported(const hw::associative::Description& d, const MoeLayer& layer) {
  const double size = double(layer.expert_weights()) * (layer.routed + layer.shared);
  if (size > largest_layer)
    throw InputError(fmt::format("{}: values are not supported for a layer of {:.3g} weights, at most {:.3g}",
                                 d.name, size, largest_layer));
  const auto& rule = layer.router;
  const bool known = rule.score == workloads::Score::softmax ||
                     (rule.score == workloads::Score::sigmoid && rule.group_mask == workloads::GroupMask::minus_infinity);
  if (!known || layer.activation != workloads::Activation::swiglu || rule.capacity_factor > 0 || rule.bf16_logits)
    throw InputError(
        fmt::format("{}: values are not supported for this router and activation, only for sigmoid (groups masked "
                    "by -inf) and softmax of fp32 logits and swiglu without capacity",
                    d.name));
}

} // namespace

MachineValues associative_layer_values(const hw::associative::Description& d, const MoeLayer& layer,
                                       const LayerNumbers& numbers) {
  require_supported(d, layer);
  const HeldExperts held = hold_experts(layer, numbers.weights);
  MachineValues found;
  const int pass = tokens_per_pass(d, mappings::associative::moe_layout(d, layer));
  for (int first = 0; first < numbers.hidden.rows; first += pass) {
    const workloads::Matrix hidden = rows_of(numbers.hidden, first, std::min(pass, numbers.hidden.rows - first));
    LayerValues values =
        run_layer(d, layer, numbers.weights, held, hidden, {mappings::associative::even_work(d, layer)});
    for (int t = 0; t < hidden.rows; ++t) {
      found.choices.emplace_back();
      for (int c = 0; c < layer.router.top_k; ++c)
        found.choices.back().push_back(values.routing.expert_of(t, c));
      found.output.push_back(std::move(values.output[static_cast<std::size_t>(t)]));
    }
  }
  return found;
}

ValueCheck check_associative_values(const hw::associative::Description& d, const MoeTask& task) {
  const MoeLayer& layer = task.layer;
  require_supported(d, layer);
  const auto numbers = numbers_of(task);
  const MoeWeights& weights = numbers->weights;
  const workloads::Matrix& hidden = numbers->hidden;
  const workloads::MoeResult reference = run_reference(layer, weights, hidden);
  const HeldExperts held = hold_experts(layer, weights);
  const Cards cards = cards_of(d, task);
  const LayerValues values = run_layer(d, layer, weights, held, hidden, cards);
  const auto turns = mappings::associative::replica_turns(reference.routing, layer.shared, cards[0].replicas);
  std::vector<Approximation> expected;
  for (int t = 0; t < hidden.rows; ++t)
    expected.push_back(expected_output(layer, weights, held, hidden, reference, t, cards, turns));
  const workloads::BoundCheck bounds = check_bounds(expected, values.output);
  ValueCheck check;
  check.machine = d.name;
  check.router_identical = same_choice(values.routing, reference.routing);
  check.worst_error = bounds.error;
  check.error_bound = bounds.bound;
  check.within_bound = bounds.within;
  check.tokens = hidden.rows;
  check.outputs = hidden.rows * layer.hidden;
  return check;
}

} // namespace moesaic::sim
