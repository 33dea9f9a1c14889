// Proves a mapping valid, or lists everything that is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "mappings/check/violation.hpp"
#include "mappings/format/mapping.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings {

/// What a check looks at; the parts below add to `violations`.
struct CheckInput {
  const Mapping& mapping;
  const hw::Chip& chip;
  const workloads::MoeLayer& layer;
  Replicas replicas = Replicas(mapping.replicas); ///< as stated

  int chips() const { return mapping.chips_across * mapping.chips_down; }
  /// "chip 3 core 17 (gate_up 12)".
  std::string name(std::int32_t core) const;
  const MappedPopulation& population(std::int32_t core) const;
  /// Of the replica that a core works for; -1: for every token, -2: for one that is not stated.
  std::int64_t number(std::int32_t core) const;
  /// "expert 12" or "expert 12 replica 1".
  std::string replica_name(std::int64_t number) const;
};

/// All checks below; deadlocks only where every core stands on the floor. Empty: valid.
std::vector<Violation> check_mapping(const Mapping& mapping, const hw::Chip& chip,
                                     const workloads::MoeLayer& layer);

/// Every core on the floor, no two on the same one, the grid not larger than a system.
void check_places(const CheckInput& input, std::vector<Violation>& violations);
/// Memory of each core and, for streamed weights, of each chip; neurons, fan-in, fan-out and weight precision of each core.
void check_capacity(const CheckInput& input, std::vector<Violation>& violations);
/// Every weight of every replica on exactly one core, and on the one whose neurons need it.
void check_weights(const CheckInput& input, std::vector<Violation>& violations);
/// Every neuron exactly once, every output sent exactly once, every input received exactly once.
void check_flow(const CheckInput& input, std::vector<Violation>& violations);
/// Routes of one's own lead along links from the sender to all members, and the routes together cannot
/// deadlock.
void check_routes(const CheckInput& input, std::vector<Violation>& violations);

} // namespace moesaic::mappings
