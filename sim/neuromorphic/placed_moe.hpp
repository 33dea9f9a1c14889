// One MoE layer lowered for a neuromorphic chip, with what placement needs; and what a placement really
// costs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/neuromorphic/system.hpp"
#include "mappings/format/moe_mapping.hpp"
#include "mappings/placement/strategy.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

/// Expert choices that a placement is made for, those whose loads replicas are chosen by, and those that searches are judged by.
constexpr int placement_tokens = 16, balancing_tokens = 4096, held_tokens = 8;

/// How far the traces that measure a placement, judge a search and choose one of several are from the one placed for.
constexpr std::uint64_t other_trace = 1000, held_trace = 2000, choosing_trace = 3000;

struct PlacedMoe {
  hw::Chip chip;
  workloads::MoeLayer layer;
  mappings::MoePlan plan;
  hw::Program program; ///< in the lowering's own places: the hub on the grid's middle chips, experts along a snake
  mappings::Placement lowered; ///< those places
  mappings::Floor floor;
  mappings::Traffic traffic; ///< of `placement_tokens` tokens of the seeded trace
  std::size_t small = 20000; ///< cores up to which all placements are simulated before one is chosen
};

/// The description of a catalog name or file. Throws InputError, saying what is supported, where it is no
/// neuromorphic machine: others have mappings of another form.
Document neuromorphic_description(const std::string& machine);

/// Throws InputError when the chip cannot do the layer.
PlacedMoe lower_for_placement(const hw::Chip& chip, const workloads::MoeLayer& layer, std::uint64_t seed,
                              const mappings::MoeOptions& options = {});

/// What the expert balancer is asked for; below 0: an eighth of the routed experts, as DeepSeek serves its 256 with 32.
struct Redundancy {
  int experts = -1;
  mappings::ReplicaRule rule = mappings::ReplicaRule::round_robin;
};

/// The same layer with replicas, chosen by the loads of `balancing_tokens` tokens of the trace placed for.
PlacedMoe lower_balanced(const PlacedMoe& moe, std::uint64_t seed, const Redundancy& redundancy);

/// Of tokens, each a list of experts, the traffic in the program's own places.
mappings::Traffic traffic_of_tokens(const PlacedMoe& moe, const std::vector<std::vector<std::int32_t>>& experts);

/// The same of `held_tokens` tokens of a trace that is neither placed for nor measured on.
mappings::Traffic held_traffic(const PlacedMoe& moe, std::uint64_t seed);

/// Time and energy of one placement, simulated.
struct SimulatedCost {
  double seconds = 0, joules = 0; ///< per token
  std::string bound;              ///< of memory, compute, traffic and overhead what takes most of the time
  double bound_share = 0;
  double energy_delay() const { return seconds * joules; }
  /// In the objective's own unit, as an estimate's; placements in one grid differ in `chips` by those that hold a core.
  double value(mappings::Objective objective, int chips) const;
};

/// The experts of tokens that placements are measured on: those of another trace than the one placed for.
std::vector<std::vector<std::int32_t>> measuring_tokens(const workloads::MoeLayer& layer, std::uint64_t seed,
                                                        int tokens);

/// The experts of tokens that a placement is chosen by: of a trace that nothing was placed for or judged by.
std::vector<std::vector<std::int32_t>> choosing_tokens(const workloads::MoeLayer& layer, std::uint64_t seed, int tokens);

/// Simulates tokens, each a list of experts that their replicas serve, one at a time, and gives the mean.
SimulatedCost simulate_tokens(const PlacedMoe& moe, const mappings::Placement& placement,
                              const std::vector<std::vector<std::int32_t>>& chosen);

/// The same of the measuring tokens.
SimulatedCost simulate_placement(const PlacedMoe& moe, const mappings::Placement& placement, std::uint64_t seed,
                                 int tokens);

/// Loads a mapping and proves it valid for its own machine and workload. Its machine becomes the chip's name and its
/// workload the layer's. Throws InputError with the first violation.
mappings::Mapping load_valid_mapping(const std::string& file);

} // namespace moesaic::sim
