// Where the real numbers of a task come from.
#pragma once

#include <memory>
#include <string>

#include "sim/machine/machine.hpp"

namespace moesaic::sim {

/// The weights of layer `index` (-1: the first MoE layer) of a published checkpoint, with hidden states drawn from
/// the task's seed. Throws InputError.
std::shared_ptr<const LayerNumbers> numbers_from(const std::string& checkpoint, int index, const MoeTask& task);

/// The first `tokens` of a recorded routing; `file` is for messages. Throws InputError where it has fewer.
workloads::Routing first_tokens(const workloads::Routing& routing, int tokens, const std::string& file);

} // namespace moesaic::sim
