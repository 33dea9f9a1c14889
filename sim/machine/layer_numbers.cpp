#include "sim/machine/layer_numbers.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/checkpoint_weights.hpp"

namespace moesaic::sim {

std::shared_ptr<const LayerNumbers> numbers_of(const MoeTask& task) {
  if (task.numbers)
    return task.numbers;
  LayerNumbers drawn;
  drawn.weights = workloads::make_weights(task.layer, task.seed);
  drawn.hidden = workloads::make_hidden_states(task.layer, task.routing.tokens, task.seed);
  return std::make_shared<const LayerNumbers>(std::move(drawn));
}

std::shared_ptr<const LayerNumbers> numbers_from(const std::string& checkpoint, int index, const MoeTask& task) {
  LayerNumbers read;
  read.weights = load_weights(workloads::Checkpoint(checkpoint), task.layer,
                              index < 0 ? task.layer.dense_layers : index, 4e9);
  read.hidden = workloads::make_hidden_states(task.layer, task.routing.tokens, task.seed);
  return std::make_shared<const LayerNumbers>(std::move(read));
}

workloads::Routing first_tokens(const workloads::Routing& routing, int tokens, const std::string& file) {
  if (tokens > routing.tokens)
    throw InputError(fmt::format("{}: a batch of {} tokens, the trace holds {}", file, tokens, routing.tokens));
  workloads::Routing first = routing;
  first.tokens = tokens;
  first.expert.resize(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(first.top_k));
  first.weight.resize(first.expert.size());
  return first;
}

} // namespace moesaic::sim
