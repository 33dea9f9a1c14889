// Every weight of every stated replica exactly once: the part of the check that mappings of all machine kinds share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mappings/check/violation.hpp"
#include "mappings/format/mapping.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// "gate", "up" or "down".
const char* projection_name(std::int32_t projection);
/// Inputs and outputs of a projection's matrix.
std::int32_t rows_of(const workloads::MoeLayer& layer, std::int32_t projection);
std::int32_t columns_of(const workloads::MoeLayer& layer, std::int32_t projection);

/// Of a slice's `core`, for people.
using CoreName = std::function<std::string(std::int32_t)>;

/// Slices tile the matrices of every replica: no weight missing, none twice, none outside, none of a replica that is not
/// stated. `replicas`: of each expert, as stated.
void check_tiling(const std::vector<Slice>& slices, const std::vector<std::int32_t>& replicas, const workloads::MoeLayer& layer,
                  const CoreName& name, std::vector<Violation>& violations);

} // namespace moesaic::mappings
